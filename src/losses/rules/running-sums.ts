import { expNegative } from './exponential.ts';

/**
 * Takes one logit into a running log-sum-exp. Two numbers of a record hold it: the largest logit so far, and the sum of
 * exp(logit - largest), which is 0 only before the first.
 */
export function includeLogit(tallies: Float64Array, at: number, logit: number): void {
  const sum = tallies[at + 1];
  if (sum === 0) {
    tallies[at] = logit;
    tallies[at + 1] = 1;
  } else if (logit <= tallies[at]) {
    tallies[at + 1] = sum + expNegative(logit - tallies[at]);
  } else {
    tallies[at + 1] = sum * expNegative(tallies[at] - logit) + 1;
    tallies[at] = logit;
  }
}

/** The log-sum-exp held at `at`; -Infinity when it took in nothing. */
export function logSumExpAt(tallies: Float64Array, at: number): number {
  return tallies[at + 1] === 0 ? -Infinity : tallies[at] + Math.log(tallies[at + 1]);
}
