import type { DistanceRule } from '../distance-rule.ts';
import { expNegative } from './exponential.ts';
import { includeLogit, logSumExpAt } from './running-sums.ts';

/** Sum of the positives' distances to the power of alpha, and how many there are. */
const ALIGNMENT = 0;
const MATCHES = 1;
/** Running log-sum-exp of -t d^2 over the own tower. */
const TOWER = 2;

/** One term per match, and beside their mean the logarithm of a mean over all pairs of a tower. */
export const alignUniformRule: DistanceRule = {
  accumulate(tallies, at, squared, isPositive, { alpha, t }) {
    if (isPositive) {
      tallies[at + ALIGNMENT] += squared ** (alpha / 2);
      tallies[at + MATCHES]++;
    } else {
      includeLogit(tallies, at + TOWER, -t * squared);
    }
  },

  combine(total, tallies, at) {
    total[ALIGNMENT] += tallies[at + ALIGNMENT];
    total[MATCHES] += tallies[at + MATCHES];
    const [maximum, sum] = tallies.subarray(at + TOWER, at + TOWER + 2);
    if (sum === 0) return;
    const largest = total[TOWER + 1] === 0 ? maximum : Math.max(total[TOWER], maximum);
    total[TOWER + 1] =
      total[TOWER + 1] * Math.exp(Math.min(0, total[TOWER] - largest)) + sum * Math.exp(maximum - largest);
    total[TOWER] = largest;
  },

  finish(tallies, at, { weight }, others) {
    const matches = tallies[at + MATCHES];
    const uniformity = others === 0 ? 0 : logSumExpAt(tallies, at + TOWER) - Math.log(matches * others);
    return { loss: tallies[at + ALIGNMENT] / matches + weight * uniformity, count: matches };
  },

  pull(total, squared, isPositive, { alpha, t, weight }) {
    if (squared === 0) return 0;
    if (isPositive) return (alpha * squared ** (alpha / 2 - 1)) / total[MATCHES];
    const share = expNegative(-t * squared - total[TOWER]) / total[TOWER + 1];
    return -2 * t * weight * share;
  },
};
