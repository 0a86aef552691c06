import type { FeatureRule } from '../feature-rule.ts';

/** 1 wanted on the diagonal of the correlations, 0 beside it. */
export const barlowTwinsRule: FeatureRule = {
  matrix: 'correlation',
  term: (entry, isDiagonal, _dimension, { lambda }) =>
    isDiagonal ? (1 - entry) * (1 - entry) : lambda * entry * entry,
  slope: (entry, isDiagonal, _dimension, { lambda }) => 2 * (isDiagonal ? entry - 1 : lambda * entry),
  invariance: () => 0,
};
