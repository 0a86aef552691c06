import shader from '../../shaders/losses/sup-con.wgsl?raw';
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

export const supCon = definePairLoss({
  kind: 'sup-con',
  name: 'SupCon',
  batch: 'labelled',
  anchors: 'all',
  spreads: true,
  parameters: {
    temperature: temperature(0.1),
    form: {
      type: 'choice',
      default: 'out',
      choices: ['out', 'in'],
      description:
        'Whether the mean over the positives stands outside the logarithm (eq. 2) or inside it (eq. 3).',
    },
    normalize,
    negatives,
  },
  documentation: {
    summary: 'Supervised: every point of an anchor’s class is a positive, all other classes are negatives.',
    formula:
      'out: L = mean_i [ LSE_a(s_ia / temperature) - mean_p s_ip / temperature ]; in: the mean over p inside the logarithm',
    reduction:
      'Mean over the anchors that have a positive. The denominator holds all other points, positives included.',
    reproduces: 'SupConLoss of pytorch-metric-learning 3; SupContrast with base_temperature = temperature',
    source: 'Khosla et al. 2020, Supervised Contrastive Learning, eq. 2 and 3',
    watchFor:
      'Its floor is about ln(n - 1) for n points a class, not 0. SupContrast multiplies by temperature / 0.07.',
  },
  constants: (values) => ({
    logitScale: 1 / values.temperature,
    negatives: Number(values.negatives),
    meanInside: Number(values.form === 'in'),
  }),
  largestLogit: (values, similarity) => similarity / values.temperature,
  formula: (pairs, values) => {
    const logitScale = 1 / values.temperature;
    const result = emptyLoss(pairs);
    for (let row = 0; row < pairs.rows; row++) {
      const logit = (column: number) => logitScale * pairs.similarity[row * pairs.columns + column];
      const positives = columnsOf(pairs, row, POSITIVE);
      const negativeColumns = columnsOf(pairs, row, NEGATIVE);
      if (positives.length === 0) continue;
      result.count++;
      const meanPositive = positives.reduce((sum, positive) => sum + logit(positive), 0) / positives.length;
      if (!values.negatives) {
        result.rowLosses[row] = -meanPositive;
        for (const positive of positives) {
          result.pull[row * pairs.columns + positive] = -logitScale / positives.length;
        }
        continue;
      }
      const logSumExpPositives = logSumExp(positives.map(logit));
      const logSumExpNegatives = logSumExp(negativeColumns.map(logit));
      const lead = logSumExpNegatives - logSumExpPositives;
      // The share of the denominator that the negatives hold; the positives hold 1 - share.
      const share = sigmoid(lead);
      result.rowLosses[row] =
        softplus(lead) +
        (values.form === 'out' ? logSumExpPositives - meanPositive : Math.log(positives.length));
      for (const negative of negativeColumns) {
        result.pull[row * pairs.columns + negative] =
          share * Math.exp(logit(negative) - logSumExpNegatives) * logitScale;
      }
      for (const positive of positives) {
        const weight = Math.exp(logit(positive) - logSumExpPositives);
        const target = values.form === 'out' ? 1 / positives.length : weight;
        result.pull[row * pairs.columns + positive] = (weight - target - share * weight) * logitScale;
      }
    }
    return averaged(result);
  },
  shader,
  parameterGradients: (values, sums) => ({ temperature: -sums.pullSimilarity / values.temperature }),
  plateaus: (values, { candidates }) => [
    values.negatives
      ? { name: `indifferent or collapsed: ln ${candidates}`, loss: Math.log(candidates) }
      : { name: 'positives coincide: -1 / temperature', loss: -1 / values.temperature },
  ],
});
