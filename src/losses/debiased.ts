import shader from '../../shaders/losses/debiased.wgsl?raw';
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
import type { PairMatrix, PairMatrixLoss } from './pair-matrix.ts';
import { normalize, positivePrior, temperature } from './parameters.ts';

export const debiased = definePairLoss({
  kind: 'debiased',
  name: 'Debiased',
  batch: 'labelled',
  anchors: 'all',
  isolatesPositives: true,
  parameters: { temperature: temperature(0.5), positivePrior, normalize },
  documentation: {
    summary:
      'NT-Xent that expects a share of its negatives to be positives in truth, and takes them off again.',
    formula:
      'L = mean_(a,p) log(1 + G / e^(s_ap / T)), G = max( (sum_n e^(s_an / T) - prior M e^(s_ap / T)) / (1 - prior), M e^(-1 / T) )',
    reduction:
      "Mean over the ordered positive pairs (a, p). The denominator holds the pair's own positive and the corrected sum over the anchor's M negatives; its other positives stay out of it.",
    reproduces: 'the debiased loss of chingyaoc/DCL (one positive, M = 2B - 2)',
    source: 'Chuang et al. 2020, Debiased Contrastive Learning, eq. 8',
    watchFor:
      'At the floor M e^(-1 / T) an anchor pulls its positive but pushes nobody; a large prior takes most anchors there.',
  },
  constants: (values) => ({
    logitScale: 1 / values.temperature,
    positivePrior: values.positivePrior,
    concentration: 0,
  }),
  largestLogit: (values, similarity) => Math.max(1, similarity) / values.temperature,
  formula: (pairs, values) => estimateNegatives(pairs, { ...values, concentration: 0 }),
  shader,
  refines: true,
  // The floor changes with the temperature as a candidate of similarity -1 does, which takes what the pulls leave over.
  parameterGradients: (values, sums) => ({
    temperature: -(sums.pullSimilarity + sums.pull) / values.temperature,
  }),
  plateaus: (_values, { candidates }) => [
    { name: `indifferent or collapsed: ln ${candidates}`, loss: Math.log(candidates) },
  ],
});

/**
 * NT-Xent with an estimate in place of the sum over the M negatives: their mean weighed by exp(concentration * logit),
 * times M, less the share of it that is expected to be positives; never below M exp(-1 / temperature). In logarithms.
 */
export function estimateNegatives(
  pairs: PairMatrix,
  parameters: { temperature: number; positivePrior: number; concentration: number },
): PairMatrixLoss {
  const { temperature: divisor, positivePrior: prior, concentration } = parameters;
  const result = emptyLoss(pairs);
  const terms = new Uint32Array(pairs.rows);
  for (let row = 0; row < pairs.rows; row++) {
    const logit = (column: number) => pairs.similarity[row * pairs.columns + column] / divisor;
    const positives = columnsOf(pairs, row, POSITIVE);
    const negatives = columnsOf(pairs, row, NEGATIVE);
    terms[row] = positives.length;
    result.count += positives.length;
    // Nothing to tell the positive from: each term is log(1 + 0).
    if (negatives.length === 0) continue;
    const logCount = Math.log(negatives.length);
    const hard = logSumExp(negatives.map((column) => (1 + concentration) * logit(column)));
    const weights = logSumExp(negatives.map((column) => concentration * logit(column)));
    const weighed = logCount + hard - weights;
    const floor = logCount - 1 / divisor;
    // What all negatives share: how much more the terms would cost, per unit of `weighed`.
    let push = 0;
    for (const positive of positives) {
      const falseShare = prior * Math.exp(logCount + logit(positive) - weighed);
      const corrected = falseShare < 1 ? weighed + Math.log1p(-falseShare) - Math.log1p(-prior) : -Infinity;
      const lead = Math.max(corrected, floor) - logit(positive);
      const isFloored = corrected < floor;
      const share = isFloored ? sigmoid(lead) : sigmoid(lead) / (1 - falseShare);
      result.rowLosses[row] += softplus(lead);
      result.pull[row * pairs.columns + positive] = -share / divisor;
      if (!isFloored) push += share;
    }
    for (const negative of negatives) {
      const slope =
        (1 + concentration) * Math.exp((1 + concentration) * logit(negative) - hard) -
        concentration * Math.exp(concentration * logit(negative) - weights);
      result.pull[row * pairs.columns + negative] = (push * slope) / divisor;
    }
  }
  return averaged(result, terms);
}
