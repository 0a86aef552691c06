import { definePairLoss } from './loss.ts';
import { infoNce, lineUp } from './info-nce.ts';
import { normalize } from './parameters.ts';

/** InfoNCE on raw dot products, without a temperature, so it shares InfoNCE's pair functions. */
export const nPairs = definePairLoss({
  kind: 'n-pairs',
  name: 'N-pairs',
  batch: 'paired',
  anchors: 'queries',
  parameters: { normalize: { ...normalize, default: false } },
  documentation: {
    summary: 'InfoNCE before it had a temperature: the lengths of the vectors set how sharp the softmax is.',
    formula: 'L = mean_i log( 1 + sum_(j != i) exp(q_i . k_j - q_i . k_i) )',
    reduction:
      'Mean over the queries. The denominator holds every key of the batch, its own included. No penalty on the lengths is added.',
    reproduces:
      'NpairsLoss of TensorFlow Addons; NPairsLoss of pytorch-metric-learning with raw dot products',
    source: 'Sohn 2016, Improved Deep Metric Learning with Multi-class N-pair Loss Objective, section 3.2',
    watchFor:
      'Longer vectors lower the loss without any turning. Normalized, logits end at 1, so it never falls below ln(1 + (N - 1) exp(-N / (N - 1))).',
  },
  constants: () => ({ logitScale: 1, negatives: 1 }),
  largestLogit: (_values, similarity) => similarity,
  formula: (pairs) => lineUp(pairs, 1, true),
  shader: infoNce.shader,
  parameterGradients: () => ({}),
  plateaus: (_values, { candidates }) => [
    { name: `indifferent or collapsed: ln ${candidates}`, loss: Math.log(candidates) },
  ],
});
