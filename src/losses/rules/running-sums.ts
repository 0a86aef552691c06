import { POSITIVE } from '../pair-matrix.ts';
import type { CandidateLine } from '../pair-rule.ts';
import { expNegative } from './exponential.ts';

/**
 * Takes the candidates of one relation into a running log-sum-exp, one exponential each. Two numbers of the anchor's
 * record hold it: the largest logit so far, and the sum of exp(logit - largest), which is 0 only before the first.
 */
export function includeInLogSumExp(
  anchors: Float64Array,
  at: number,
  { similarity, relation, first, stride, count }: CandidateLine,
  wanted: number,
  logitScale: number,
): void {
  let sum = anchors[at + 1];
  let largest = sum === 0 ? -Infinity : anchors[at];
  for (let step = 0, entry = first; step < count; step++, entry += stride) {
    if (relation[entry] !== wanted) continue;
    const logit = logitScale * similarity[entry];
    if (logit <= largest) {
      sum += expNegative(logit - largest);
    } else {
      sum = sum * expNegative(largest - logit) + 1;
      largest = logit;
    }
  }
  anchors[at] = largest;
  anchors[at + 1] = sum;
}

/** Takes one logit into a running log-sum-exp. */
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

/** Two numbers of an anchor's record: how many positives it has, and the sum of their logits. */
export function includePositives(
  anchors: Float64Array,
  at: number,
  { similarity, relation, first, stride, count }: CandidateLine,
  logitScale: number,
): void {
  for (let step = 0, entry = first; step < count; step++, entry += stride) {
    if (relation[entry] !== POSITIVE) continue;
    anchors[at]++;
    anchors[at + 1] += logitScale * similarity[entry];
  }
}
