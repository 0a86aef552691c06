import shader from '../../shaders/losses/info-nce.wgsl?raw';
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
import { negatives, normalize, temperature } from './parameters.ts';

export const infoNce = definePairLoss({
  kind: 'info-nce',
  name: 'InfoNCE',
  batch: 'paired',
  anchors: 'queries',
  spreads: true,
  extraNegatives: true,
  parameters: { temperature: temperature(0.1), normalize, negatives },
  documentation: {
    summary: 'A line-up: each query has to pick its own key out of all the keys of the batch.',
    formula: 'L = mean_i [ log sum_j exp(s_ij / temperature) - s_ii / temperature ]',
    reduction:
      'Mean over the queries. The denominator holds every key of the batch, its own included; with extra negatives, its own key and those negatives only.',
    reproduces: 'info_nce of RElbers/info-nce-pytorch; MoCo, with its queue as negatives',
    source: 'van den Oord et al. 2018, Representation Learning with Contrastive Predictive Coding, eq. 4',
    watchFor:
      'Stuck at ln N: every key looks alike. ln N - L never exceeds ln N, however much there is to know.',
  },
  constants: (values) => ({ logitScale: 1 / values.temperature, negatives: Number(values.negatives) }),
  largestLogit: (values, similarity) => similarity / values.temperature,
  formula: (pairs, values) => lineUp(pairs, 1 / values.temperature, values.negatives),
  shader,
  parameterGradients: (values, sums) => ({ temperature: -sums.pullSimilarity / values.temperature }),
  plateaus: (values, { candidates }) => [
    values.negatives
      ? { name: `indifferent or collapsed: ln ${candidates}`, loss: Math.log(candidates) }
      : { name: 'positives coincide: -1 / temperature', loss: -1 / values.temperature },
  ],
});

/**
 * Cross-entropy of each row against its one positive, mean over the rows that have one. Written as
 * softplus(log-sum-exp of the negatives - positive), which keeps small losses exact.
 */
export function lineUp(pairs: PairMatrix, logitScale: number, withNegatives: boolean): PairMatrixLoss {
  const result = emptyLoss(pairs);
  for (let row = 0; row < pairs.rows; row++) {
    const logit = (column: number) => logitScale * pairs.similarity[row * pairs.columns + column];
    const [positive] = columnsOf(pairs, row, POSITIVE);
    if (positive === undefined) continue;
    result.count++;
    if (!withNegatives) {
      result.rowLosses[row] = -logit(positive);
      result.pull[row * pairs.columns + positive] = -logitScale;
      continue;
    }
    const negativeColumns = columnsOf(pairs, row, NEGATIVE);
    const logSumExpNegatives = logSumExp(negativeColumns.map(logit));
    const lead = logSumExpNegatives - logit(positive);
    result.rowLosses[row] = softplus(lead);
    result.pull[row * pairs.columns + positive] = -sigmoid(lead) * logitScale;
    for (const negative of negativeColumns) {
      result.pull[row * pairs.columns + negative] =
        sigmoid(lead) * Math.exp(logit(negative) - logSumExpNegatives) * logitScale;
    }
  }
  return averaged(result);
}
