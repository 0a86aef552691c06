import shader from '../../shaders/losses/decoupled.wgsl?raw';
import { definePairLoss } from './loss.ts';
import { averaged, columnsOf, emptyLoss, logSumExp, NEGATIVE, POSITIVE } from './pair-matrix.ts';
import { normalize, temperature } from './parameters.ts';

export const decoupled = definePairLoss({
  kind: 'decoupled',
  name: 'Decoupled (DCL)',
  batch: 'labelled',
  anchors: 'all',
  spreads: true,
  isolatesPositives: true,
  needsNegatives: true,
  parameters: { temperature: temperature(0.1), normalize },
  documentation: {
    summary: 'NT-Xent with the positive taken out of the denominator: easy pairs go on being pulled.',
    formula: 'L = mean_(a,p) [ LSE_n(s_an / temperature) - s_ap / temperature ]',
    reduction:
      "Mean over the ordered positive pairs (a, p), which is the mean over 2B for pair ids. The denominator holds the anchor's negatives alone. An anchor without negatives is refused.",
    reproduces: 'DCLLoss of lightly for pair ids; DCL of pytorch-metric-learning 3',
    source: 'Yeh et al. 2022, Decoupled Contrastive Learning, eq. 6',
    watchFor:
      'Not bounded by 0: a negative loss is a good one. Every positive pulls with 1 / temperature, however near it is.',
  },
  constants: (values) => ({ logitScale: 1 / values.temperature }),
  largestLogit: (values, similarity) => similarity / values.temperature,
  formula: (pairs, values) => {
    const result = emptyLoss(pairs);
    const terms = new Uint32Array(pairs.rows);
    for (let row = 0; row < pairs.rows; row++) {
      const logit = (column: number) => pairs.similarity[row * pairs.columns + column] / values.temperature;
      const positives = columnsOf(pairs, row, POSITIVE);
      const negatives = columnsOf(pairs, row, NEGATIVE);
      if (positives.length === 0 || negatives.length === 0) continue;
      const logSumExpNegatives = logSumExp(negatives.map(logit));
      for (const positive of positives) {
        result.rowLosses[row] += logSumExpNegatives - logit(positive);
        result.pull[row * pairs.columns + positive] = -1 / values.temperature;
      }
      terms[row] = positives.length;
      result.count += positives.length;
      for (const negative of negatives) {
        const share = Math.exp(logit(negative) - logSumExpNegatives);
        result.pull[row * pairs.columns + negative] = (positives.length * share) / values.temperature;
      }
    }
    return averaged(result, terms);
  },
  shader,
  parameterGradients: (values, sums) => ({ temperature: -sums.pullSimilarity / values.temperature }),
  plateaus: (_values, { candidates }) =>
    candidates < 2
      ? []
      : [{ name: `indifferent or collapsed: ln ${candidates - 1}`, loss: Math.log(candidates - 1) }],
});
