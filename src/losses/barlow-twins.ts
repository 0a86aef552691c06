import shader from '../../shaders/losses/barlow-twins.wgsl?raw';
import { featuresOf, lengthsOf, mixFeatures, multiplyFeatures, sumRows } from './feature-matrix.ts';
import { defineFeatureLoss } from './loss.ts';
import { normalize } from './parameters.ts';
import { barlowTwinsRule } from './rules/barlow-twins.ts';

const EPSILON = 1e-5;

export const barlowTwins = defineFeatureLoss({
  kind: 'barlow-twins',
  name: 'Barlow Twins',
  batch: 'paired',
  anchors: 'queries',
  parameters: {
    lambda: {
      type: 'number',
      default: 5e-3,
      minimum: 1e-4,
      maximum: 1,
      scale: 'logarithmic',
      valid: 'not negative',
      description:
        'Weight of the D (D - 1) correlations between different features against the D between equal ones.',
    },
    normalize,
  },
  documentation: {
    summary:
      'No negatives: across the batch every feature agrees with itself in the other view, and with no other feature.',
    formula:
      'L = sum_j (1 - C_jj)^2 + lambda sum_(j != k) C_jk^2, C_jk = mean_i a_ij b_ik of features at mean 0 and variance 1',
    reduction:
      'Plain sums over the D x D correlations; those are means over the N pairs. Each view is standardized over the batch with the biased variance + 1e-5, as batch normalization does.',
    reproduces:
      'The loss of facebookresearch/barlowtwins; BarlowTwinsLoss of lightly. Both leave normalize off',
    source:
      'Zbontar et al. 2021, Barlow Twins: Self-Supervised Learning via Redundancy Reduction, eq. 1 and 2',
    watchFor:
      'It sees correlations only: shift or stretch a feature, and nothing changes. A constant feature has correlation 0 with everything and costs 1. The value grows with D: at D it has learned nothing.',
  },
  constants: ({ lambda }) => ({ lambda }),
  largestLogit: (_values, similarity) => similarity,
  formula: ({ dimension, rows, columns }, { lambda }) => {
    const count = rows.length / dimension;
    const standardized = (vectors: Float64Array) => {
      const { centred, magnitudes, variances } = featuresOf(vectors, dimension);
      const inverse = variances.map((variance) => 1 / Math.sqrt(variance + EPSILON));
      const scaled = (values: Float64Array) => values.map((value, at) => value * inverse[at % dimension]);
      return { values: scaled(centred), largest: scaled(magnitudes), inverse };
    };
    const towers = [standardized(rows), standardized(columns)];
    let loss = 0;

    const side = (own: (typeof towers)[0], other: (typeof towers)[0]) => {
      const correlation = multiplyFeatures(own.values, other.values, dimension, count);
      const largest = multiplyFeatures(own.largest, other.largest, dimension, count);
      const isDiagonal = (at: number) => at % (dimension + 1) === 0;
      const slopes = correlation.map((entry, at) => (isDiagonal(at) ? 2 * (entry - 1) : 2 * lambda * entry));
      const steepest = largest.map((entry, at) => (isDiagonal(at) ? 2 * (entry + 1) : 2 * lambda * entry));
      const terms = correlation.map((entry, at) => (isDiagonal(at) ? (1 - entry) ** 2 : lambda * entry ** 2));
      // The same correlations are seen from both towers.
      loss += terms.reduce((sum, term) => sum + term, 0) / 2;

      const pulled = mixFeatures(other.values, slopes, dimension);
      const strongest = mixFeatures(other.largest, steepest, dimension);
      // What would only stretch a feature is taken back by the standardization.
      const stretch = sumRows(
        slopes.map((slope, at) => slope * correlation[at]),
        dimension,
      );
      const farthest = sumRows(
        steepest.map((slope, at) => slope * largest[at]),
        dimension,
      );
      return {
        gradient: pulled.map((value, at) => {
          const feature = at % dimension;
          return (own.inverse[feature] * (value - own.values[at] * stretch[feature])) / count;
        }),
        scale: lengthsOf(
          strongest.map((value, at) => {
            const feature = at % dimension;
            return (own.inverse[feature] * (value + own.largest[at] * farthest[feature])) / count;
          }),
          dimension,
        ),
      };
    };
    const [queries, keys] = [side(towers[0], towers[1]), side(towers[1], towers[0])];
    return { loss, count, rowLosses: new Float64Array(count).fill(loss), rows: queries, columns: keys };
  },
  rule: barlowTwinsRule,
  shader,
  plateaus: (_values, { dimension }) => [
    { name: `collapsed, or views unrelated: ${dimension}`, loss: dimension },
  ],
});
