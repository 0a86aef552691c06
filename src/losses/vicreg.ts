import shader from '../../shaders/losses/vicreg.wgsl?raw';
import { featuresOf, lengthsOf, mixFeatures, multiplyFeatures } from './feature-matrix.ts';
import type { NumberParameter } from './loss.ts';
import { defineFeatureLoss } from './loss.ts';
import { normalize } from './parameters.ts';
import { vicRegRule } from './rules/vicreg.ts';

const EPSILON = 1e-4;

function weight(defaultValue: number, description: string): NumberParameter {
  return {
    type: 'number',
    default: defaultValue,
    minimum: 0,
    maximum: 100,
    scale: 'linear',
    valid: 'not negative',
    description,
  };
}

export const vicReg = defineFeatureLoss({
  kind: 'vicreg',
  name: 'VICReg',
  batch: 'paired',
  anchors: 'queries',
  parameters: {
    invarianceLambda: weight(25, 'How strongly the two views of a thing are drawn together.'),
    varianceMu: weight(
      25,
      'How strongly every feature is kept at a standard deviation of 1. At 0 all collapses.',
    ),
    covarianceNu: weight(1, 'How strongly different features are kept from telling the same.'),
    normalize,
  },
  documentation: {
    summary:
      'No negatives: two views meet, while every feature keeps its spread across the batch and repeats no other.',
    formula:
      'L = lambda mean (a - b)^2 + mu/2 [v(a) + v(b)] + nu [c(a) + c(b)], v = mean_j max(0, 1 - sqrt(Var_j + 1e-4)), c = 1/D sum_(j != k) Cov_jk^2',
    reduction:
      'The mean square runs over all N x D coordinates, the hinges and squared covariances are divided by D. Variances and covariances are divided by N - 1; of a single pair they are 0.',
    reproduces: 'VICRegLoss of lightly and of pytorch-metric-learning, which leave normalize off',
    source: 'Bardes et al. 2022, VICReg: Variance-Invariance-Covariance Regularization, eq. 1 to 6',
    watchFor:
      'Made for vectors of any length: unit vectors of D features have standard deviations near 1 / sqrt(D), so that normalized the hinge never rests. It sees the batch as a whole: small batches know their covariances badly.',
  },
  constants: ({ invarianceLambda, varianceMu, covarianceNu }) => ({
    invarianceLambda,
    varianceMu,
    covarianceNu,
  }),
  largestLogit: ({ invarianceLambda, varianceMu, covarianceNu }, similarity) =>
    Math.max(invarianceLambda * similarity, varianceMu, covarianceNu * similarity * similarity),
  formula: ({ dimension, rows, columns }, { invarianceLambda, varianceMu, covarianceNu }) => {
    const count = rows.length / dimension;
    const divisor = Math.max(1, count - 1);
    const attraction = (2 * invarianceLambda) / rows.length;
    let loss = 0;
    rows.forEach((value, at) => (loss += (invarianceLambda * (value - columns[at]) ** 2) / rows.length));

    const side = (own: Float64Array, other: Float64Array) => {
      const { centred, magnitudes } = featuresOf(own, dimension);
      const covariance = multiplyFeatures(centred, centred, dimension, divisor);
      const largest = multiplyFeatures(magnitudes, magnitudes, dimension, divisor);
      const slopes = new Float64Array(dimension * dimension);
      const steepest = new Float64Array(dimension * dimension);
      covariance.forEach((entry, at) => {
        if (at % (dimension + 1) === 0) {
          const deviation = Math.sqrt(entry + EPSILON);
          loss += (varianceMu * Math.max(0, 1 - deviation)) / 2 / dimension;
          slopes[at] = deviation < 1 ? -varianceMu / 4 / deviation / dimension : 0;
          steepest[at] = Math.abs(slopes[at]);
        } else {
          loss += (covarianceNu * entry ** 2) / dimension;
          slopes[at] = (2 * covarianceNu * entry) / dimension;
          steepest[at] = (2 * covarianceNu * largest[at]) / dimension;
        }
      });
      const spread = mixFeatures(centred, slopes, dimension);
      const widest = mixFeatures(magnitudes, steepest, dimension);
      return {
        gradient: spread.map((value, at) => (2 * value) / divisor + attraction * (own[at] - other[at])),
        scale: lengthsOf(
          widest.map(
            (value, at) => (2 * value) / divisor + attraction * (Math.abs(own[at]) + Math.abs(other[at])),
          ),
          dimension,
        ),
      };
    };
    const [queries, keys] = [side(rows, columns), side(columns, rows)];
    return { loss, count, rowLosses: new Float64Array(count).fill(loss), rows: queries, columns: keys };
  },
  rule: vicRegRule,
  shader,
  plateaus: ({ varianceMu }) => [{ name: 'collapsed', loss: varianceMu * (1 - Math.sqrt(EPSILON)) }],
});
