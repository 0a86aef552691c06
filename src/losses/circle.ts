import shader from '../../shaders/losses/circle.wgsl?raw';
import { definePairLoss } from './loss.ts';
import {
  averaged,
  columnsOf,
  emptyLoss,
  logSumExp,
  NEGATIVE,
  POSITIVE,
  sigmoid,
  softplus,
} from './pair-matrix.ts';
import { normalize } from './parameters.ts';

export const circle = definePairLoss({
  kind: 'circle',
  name: 'Circle',
  batch: 'labelled',
  anchors: 'all',
  parameters: {
    margin: {
      type: 'number',
      default: 0.4,
      minimum: -0.5,
      maximum: 1,
      scale: 'linear',
      valid: 'finite',
      description: 'Positives aim at a similarity of 1 + margin, negatives at -margin. Lower is stricter.',
    },
    gamma: {
      type: 'number',
      default: 80,
      minimum: 1,
      maximum: 512,
      scale: 'logarithmic',
      valid: 'positive',
      description: 'Multiplies the logits, as 1 / temperature does. High: only the hardest pairs count.',
    },
    normalize,
  },
  documentation: {
    summary:
      'Each pair is weighed by how far it still is from its own optimum, so that the worst moves most.',
    formula:
      'L = mean_i softplus( LSE_p(-gamma [1 + m - s_ip]+ (s_ip - 1 + m)) + LSE_n(gamma [s_in + m]+ (s_in - m)) )',
    reduction:
      'Mean over the anchors that have both a positive and a negative. Positives and negatives stand in one sum each, over all products of the two.',
    reproduces: 'CircleLoss of pytorch-metric-learning',
    source:
      'Sun et al. 2020, Circle Loss: A Unified Perspective of Pair Similarity Optimization, eq. 6 with the margins of section 3.3',
    watchFor:
      'The weights in [ ]+ are constants of the gradient, which is therefore not the slope of the loss. Past its optimum a pair is not pulled at all.',
  },
  constants: ({ margin, gamma }) => ({ margin, gamma }),
  largestLogit: ({ margin, gamma }, similarity) =>
    gamma *
    Math.max(
      (similarity + Math.abs(1 + margin)) * (similarity + Math.abs(1 - margin)),
      (similarity + Math.abs(margin)) ** 2,
    ),
  formula: (pairs, { margin, gamma }, detached) => {
    const result = emptyLoss(pairs);
    for (let row = 0; row < pairs.rows; row++) {
      const similarity = (column: number) => pairs.similarity[row * pairs.columns + column];
      const constant = (column: number) => detached.similarity[row * pairs.columns + column];
      const positives = columnsOf(pairs, row, POSITIVE);
      const negatives = columnsOf(pairs, row, NEGATIVE);
      if (positives.length === 0 || negatives.length === 0) continue;
      // How hard each pair is pulled towards its optimum: below 0 for positives, above 0 for negatives.
      const slope = (column: number) =>
        positives.includes(column)
          ? -gamma * Math.max(0, 1 + margin - constant(column))
          : gamma * Math.max(0, constant(column) + margin);
      const positiveLogits = positives.map((column) => slope(column) * (similarity(column) - (1 - margin)));
      const negativeLogits = negatives.map((column) => slope(column) * (similarity(column) - margin));
      const logSumExpPositives = logSumExp(positiveLogits);
      const logSumExpNegatives = logSumExp(negativeLogits);
      const lead = logSumExpPositives + logSumExpNegatives;
      result.count++;
      result.rowLosses[row] = softplus(lead);
      positives.forEach((column, index) => {
        const share = Math.exp(positiveLogits[index] - logSumExpPositives);
        result.pull[row * pairs.columns + column] = sigmoid(lead) * share * slope(column);
      });
      negatives.forEach((column, index) => {
        const share = Math.exp(negativeLogits[index] - logSumExpNegatives);
        result.pull[row * pairs.columns + column] = sigmoid(lead) * share * slope(column);
      });
    }
    return averaged(result);
  },
  shader,
  parameterGradients: () => ({}),
  plateaus: ({ margin, gamma, normalize: unit }, { candidates, positives }) => {
    if (positives === 0 || candidates <= positives) return [];
    const allAt = (similarity: number) => {
      const positive = -gamma * Math.max(0, 1 + margin - similarity) * (similarity - 1 + margin);
      const negative = gamma * Math.max(0, similarity + margin) * (similarity - margin);
      return softplus(Math.log(positives * (candidates - positives)) + positive + negative);
    };
    const orthogonal = { name: 'all at right angles', loss: allAt(0) };
    return unit ? [{ name: 'collapsed', loss: allAt(1) }, orthogonal] : [orthogonal];
  },
});
