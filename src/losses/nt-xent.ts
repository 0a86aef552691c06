import shader from '../../shaders/losses/nt-xent.wgsl?raw';
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
import { negatives, normalize, temperature } from './parameters.ts';

export const ntXent = definePairLoss({
  kind: 'nt-xent',
  name: 'NT-Xent',
  batch: 'labelled',
  anchors: 'all',
  spreads: true,
  isolatesPositives: true,
  parameters: { temperature: temperature(0.5), normalize, negatives },
  documentation: {
    summary: "SimCLR's loss: each of 2B views has to find its partner among the other 2B - 1.",
    formula: 'L = mean_(a,p) softplus( LSE_n(s_an / temperature) - s_ap / temperature )',
    reduction:
      "Mean over the ordered positive pairs (a, p). The denominator holds the pair's own positive and the anchor's negatives; the anchor's other positives stay out of it.",
    reproduces: 'NTXentLoss of pytorch-metric-learning; NTXentLoss of lightly for pair ids',
    source: 'Chen et al. 2020, A Simple Framework for Contrastive Learning of Visual Representations, eq. 1',
    watchFor:
      'Stuck at ln(2B - 1): collapsed, or indifferent. That is 6.92 only for other temperatures than its own.',
  },
  constants: (values) => ({ logitScale: 1 / values.temperature, negatives: Number(values.negatives) }),
  largestLogit: (values, similarity) => similarity / values.temperature,
  formula: (pairs, values) => {
    const logitScale = 1 / values.temperature;
    const result = emptyLoss(pairs);
    const terms = new Uint32Array(pairs.rows);
    for (let row = 0; row < pairs.rows; row++) {
      const logit = (column: number) => logitScale * pairs.similarity[row * pairs.columns + column];
      const positives = columnsOf(pairs, row, POSITIVE);
      const negativeColumns = columnsOf(pairs, row, NEGATIVE);
      const logSumExpNegatives = logSumExp(negativeColumns.map(logit));
      // The probability of missing the positive, summed over the anchor's terms: what all of its negatives share.
      let misses = 0;
      for (const positive of positives) {
        const lead = logSumExpNegatives - logit(positive);
        const miss = values.negatives ? sigmoid(lead) : 1;
        result.rowLosses[row] += values.negatives ? softplus(lead) : -logit(positive);
        misses += miss;
        result.pull[row * pairs.columns + positive] = -miss * logitScale;
      }
      for (const negative of values.negatives ? negativeColumns : []) {
        result.pull[row * pairs.columns + negative] =
          misses * Math.exp(logit(negative) - logSumExpNegatives) * logitScale;
      }
      terms[row] = positives.length;
      result.count += positives.length;
    }
    return averaged(result, terms);
  },
  shader,
  refines: true,
  parameterGradients: (values, sums) => ({ temperature: -sums.pullSimilarity / values.temperature }),
  plateaus: (values, { candidates }) => [
    values.negatives
      ? { name: `indifferent or collapsed: ln ${candidates}`, loss: Math.log(candidates) }
      : { name: 'positives coincide: -1 / temperature', loss: -1 / values.temperature },
  ],
});
