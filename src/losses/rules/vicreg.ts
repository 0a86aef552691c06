import type { FeatureRule } from '../feature-rule.ts';

const EPSILON = 1e-4;

/** A hinge on every feature's standard deviation, squares beside the diagonal; both are averages over the features. */
export const vicRegRule: FeatureRule = {
  matrix: 'covariance',

  term(entry, isDiagonal, dimension, { varianceMu, covarianceNu }) {
    if (!isDiagonal) return (covarianceNu * entry * entry) / dimension;
    return (0.5 * varianceMu * Math.max(0, 1 - Math.sqrt(entry + EPSILON))) / dimension;
  },

  slope(entry, isDiagonal, dimension, { varianceMu, covarianceNu }) {
    if (!isDiagonal) return (2 * covarianceNu * entry) / dimension;
    const deviation = Math.sqrt(entry + EPSILON);
    return deviation < 1 ? (-0.25 * varianceMu) / deviation / dimension : 0;
  },

  invariance: ({ invarianceLambda }) => invarianceLambda,
};
