import shader from '../../shaders/losses/multi-similarity.wgsl?raw';
import { definePairLoss } from './loss.ts';
import { averaged, columnsOf, emptyLoss, logSumExp, NEGATIVE, POSITIVE, softplus } from './pair-matrix.ts';
import { normalize } from './parameters.ts';

export const multiSimilarity = definePairLoss({
  kind: 'multi-similarity',
  name: 'Multi-similarity',
  batch: 'labelled',
  anchors: 'all',
  parameters: {
    alpha: {
      type: 'number',
      default: 2,
      minimum: 0.1,
      maximum: 100,
      scale: 'logarithmic',
      valid: 'positive',
      description: 'How sharply the farthest positives are favoured among the positives.',
    },
    beta: {
      type: 'number',
      default: 50,
      minimum: 0.1,
      maximum: 200,
      scale: 'logarithmic',
      valid: 'positive',
      description: 'How sharply the nearest negatives are favoured among the negatives.',
    },
    base: {
      type: 'number',
      default: 0.5,
      minimum: -1,
      maximum: 1,
      scale: 'linear',
      valid: 'finite',
      description: 'The similarity that positives should exceed and negatives should stay below.',
    },
    normalize,
  },
  documentation: {
    summary:
      'Positives are pulled over a threshold and negatives pushed under it, the worst of each hardest.',
    formula:
      'L = mean_i [ log(1 + sum_p exp(-alpha (s_ip - base))) / alpha + log(1 + sum_n exp(beta (s_in - base))) / beta ]',
    reduction:
      'Mean over the anchors that have any pair. Positives and negatives stand in two sums of their own, each beside a 1.',
    reproduces: 'MultiSimilarityLoss of pytorch-metric-learning, without its miner',
    source:
      'Wang et al. 2019, Multi-Similarity Loss with General Pair Weighting for Deep Metric Learning, eq. 15',
    watchFor:
      'Positives and negatives never compete: once negatives are below the base, next to nothing moves them. Without the miner of the paper all pairs count.',
  },
  constants: ({ alpha, beta, base }) => ({ alpha, beta, base }),
  largestLogit: ({ alpha, beta, base }, similarity) => Math.max(alpha, beta) * (similarity + Math.abs(base)),
  formula: (pairs, { alpha, beta, base }) => {
    const result = emptyLoss(pairs);
    for (let row = 0; row < pairs.rows; row++) {
      /** One side of the loss: the softplus of its log-sum-exp, divided by the factor of its logits. */
      const addSide = (relation: number, factor: number) => {
        const columns = columnsOf(pairs, row, relation);
        const logit = (column: number) => factor * (pairs.similarity[row * pairs.columns + column] - base);
        const excess = softplus(logSumExp(columns.map(logit)));
        result.rowLosses[row] += excess / Math.abs(factor);
        for (const column of columns) {
          result.pull[row * pairs.columns + column] = Math.sign(factor) * Math.exp(logit(column) - excess);
        }
        return columns.length;
      };
      const candidates = addSide(POSITIVE, -alpha) + addSide(NEGATIVE, beta);
      result.count += Math.min(candidates, 1);
    }
    return averaged(result);
  },
  shader,
  parameterGradients: () => ({}),
  plateaus: ({ alpha, beta, base, normalize: unit }, { candidates, positives }) => {
    const allAt = (similarity: number) =>
      Math.log1p(positives * Math.exp(alpha * (base - similarity))) / alpha +
      Math.log1p((candidates - positives) * Math.exp(beta * (similarity - base))) / beta;
    const orthogonal = { name: 'all at right angles', loss: allAt(0) };
    return unit ? [{ name: 'collapsed', loss: allAt(1) }, orthogonal] : [orthogonal];
  },
});
