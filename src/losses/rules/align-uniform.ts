import type { DistanceRule } from '../distance-rule.ts';

/** Sum of the matches' distances to the power of alpha, and how many there are. */
const ALIGNMENT = 0;
const MATCHES = 1;
/** Running log-sum-exp of -t d^2 over the own tower: the maximum, and the sum of exponentials below it. */
const MAXIMUM = 2;
const SUM = 3;

/** One term per match, and beside their mean the logarithm of a mean over all pairs of a tower. */
export const alignUniformRule: DistanceRule = {
  accumulate(tallies, at, squared, _isPositive, { alpha }) {
    tallies[at + ALIGNMENT] += squared ** (alpha / 2);
    tallies[at + MATCHES]++;
  },

  combine(total, tallies, at) {
    total[ALIGNMENT] += tallies[at + ALIGNMENT];
    total[MATCHES] += tallies[at + MATCHES];
    const [maximum, sum] = tallies.subarray(at + MAXIMUM, at + SUM + 1);
    if (sum === 0) return;
    const largest = total[SUM] === 0 ? maximum : Math.max(total[MAXIMUM], maximum);
    total[SUM] =
      total[SUM] * Math.exp(Math.min(0, total[MAXIMUM] - largest)) + sum * Math.exp(maximum - largest);
    total[MAXIMUM] = largest;
  },

  finish(tallies, at, { weight }, others) {
    const matches = tallies[at + MATCHES];
    const logSumExp = tallies[at + MAXIMUM] + Math.log(tallies[at + SUM]);
    const uniformity = others === 0 ? 0 : logSumExp - Math.log(matches * others);
    return { loss: tallies[at + ALIGNMENT] / matches + weight * uniformity, count: matches };
  },

  pull(total, squared, _isPositive, { alpha }) {
    return squared === 0 ? 0 : (alpha * squared ** (alpha / 2 - 1)) / total[MATCHES];
  },
};
