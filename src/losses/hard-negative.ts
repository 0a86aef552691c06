import { debiased, estimateNegatives } from './debiased.ts';
import { definePairLoss } from './loss.ts';
import { normalize, positivePrior, temperature } from './parameters.ts';

/** The debiased loss with weighed negatives, so it shares its pair functions. */
export const hardNegative = definePairLoss({
  kind: 'hard-negative',
  name: 'Hard negatives (HCL)',
  batch: 'labelled',
  anchors: 'all',
  isolatesPositives: true,
  parameters: {
    temperature: temperature(0.5),
    positivePrior,
    concentration: {
      type: 'number',
      default: 1,
      minimum: 0,
      maximum: 4,
      scale: 'linear',
      valid: 'finite',
      description:
        'Weighs a negative by exp(concentration x logit). 0: all alike, which is the debiased loss.',
    },
    normalize,
  },
  documentation: {
    summary:
      'The debiased loss with its negatives weighed by how near they are, as if only hard ones were drawn.',
    formula:
      'L = mean_(a,p) log(1 + G / e^(s_ap / T)), G as in the debiased loss, its sum over n weighed by M w_n / (sum w), w_n = e^(concentration s_an / T)',
    reduction:
      "Mean over the ordered positive pairs (a, p). The denominator holds the pair's own positive and the weighed and corrected sum over the anchor's M negatives.",
    reproduces:
      "joshr17/HCL, estimator 'hard' (one positive, M = 2B - 2); the gradient flows through the weights",
    source: 'Robinson et al. 2021, Contrastive Learning with Hard Negative Samples, eq. 4',
    watchFor:
      'Through the weights, negatives farther than average are pulled closer. High concentration with false negatives tears classes apart.',
  },
  constants: (values) => ({
    logitScale: 1 / values.temperature,
    positivePrior: values.positivePrior,
    concentration: values.concentration,
  }),
  largestLogit: (values, similarity) =>
    ((1 + Math.abs(values.concentration)) * Math.max(1, similarity)) / values.temperature,
  formula: (pairs, values) => estimateNegatives(pairs, values),
  shader: debiased.shader,
  refines: true,
  parameterGradients: (values, sums) => ({
    temperature: -(sums.pullSimilarity + sums.pull) / values.temperature,
  }),
  plateaus: (_values, { candidates }) => [
    { name: `indifferent or collapsed: ln ${candidates}`, loss: Math.log(candidates) },
  ],
});
