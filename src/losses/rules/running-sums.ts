import { expNegative } from './exponential.ts';

/**
 * Takes one logit into a running log-sum-exp. Two numbers of a record hold it: the largest logit so far, and the sum of
 * exp(logit - largest), which is 0 only before the first.
 */
export function includeLogit(anchors: Float64Array, at: number, logit: number): void {
  const sum = anchors[at + 1];
  if (sum === 0) {
    anchors[at] = logit;
    anchors[at + 1] = 1;
  } else if (logit <= anchors[at]) {
    anchors[at + 1] = sum + expNegative(logit - anchors[at]);
  } else {
    anchors[at + 1] = sum * expNegative(anchors[at] - logit) + 1;
    anchors[at] = logit;
  }
}

/** The log-sum-exp held at `at`; -Infinity when it took in nothing. */
export function logSumExpAt(anchors: Float64Array, at: number): number {
  return anchors[at + 1] === 0 ? -Infinity : anchors[at] + Math.log(anchors[at + 1]);
}
