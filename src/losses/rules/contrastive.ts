import type { DistanceRule } from '../distance-rule.ts';
import type { Constants } from '../constants.ts';

const POSITIVE_SUM = 0;
const POSITIVE_TERMS = 1;
const NEGATIVE_SUM = 2;
const NEGATIVE_TERMS = 3;

/** How far a pair is on the wrong side of its margin; not above 0 where it is not. */
function excessOf(
  squared: number,
  isPositive: boolean,
  { positiveMargin, negativeMargin }: Constants,
): number {
  const distance = Math.sqrt(squared);
  return isPositive ? distance - positiveMargin : negativeMargin - distance;
}

/** One term per ordered pair; those of positives and of negatives are averaged apart where only active ones count. */
export const contrastiveRule: DistanceRule = {
  accumulate(tallies, at, squared, isPositive, constants) {
    const excess = excessOf(squared, isPositive, constants);
    const isActive = excess > 0;
    if (isActive) {
      tallies[at + (isPositive ? POSITIVE_SUM : NEGATIVE_SUM)] += constants.squared
        ? (excess * excess) / 2
        : excess;
    }
    if (isActive || !constants.activeOnly) tallies[at + (isPositive ? POSITIVE_TERMS : NEGATIVE_TERMS)]++;
  },

  combine(total, tallies, at) {
    for (let index = 0; index < total.length; index++) total[index] += tallies[at + index];
  },

  finish(tallies, at, { activeOnly }) {
    const positiveSum = tallies[at + POSITIVE_SUM];
    const positiveTerms = tallies[at + POSITIVE_TERMS];
    const negativeSum = tallies[at + NEGATIVE_SUM];
    const negativeTerms = tallies[at + NEGATIVE_TERMS];
    const count = positiveTerms + negativeTerms;
    const loss = activeOnly
      ? positiveSum / Math.max(1, positiveTerms) + negativeSum / Math.max(1, negativeTerms)
      : (positiveSum + negativeSum) / Math.max(1, count);
    return { loss, count };
  },

  pull(total, squared, isPositive, constants) {
    const excess = excessOf(squared, isPositive, constants);
    if (!(excess > 0) || squared === 0) return 0;
    const terms = constants.activeOnly
      ? total[isPositive ? POSITIVE_TERMS : NEGATIVE_TERMS]
      : total[POSITIVE_TERMS] + total[NEGATIVE_TERMS];
    const slope = (constants.squared ? excess : 1) / terms / Math.sqrt(squared);
    return isPositive ? slope : -slope;
  },
};
