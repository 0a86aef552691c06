import { definePairLoss } from './loss.ts';
import { infoNce, lineUp } from './info-nce.ts';
import { transposed } from './pair-matrix.ts';
import { logitScale, negatives, normalize } from './parameters.ts';

/** CLIP is InfoNCE read in both directions, so it shares InfoNCE's pair functions; both towers are anchors. */
export const clip = definePairLoss({
  kind: 'clip',
  name: 'CLIP',
  batch: 'paired',
  anchors: 'both',
  spreads: true,
  parameters: {
    logitScale: logitScale(1 / 0.07),
    normalize,
    negatives,
  },
  documentation: {
    summary: 'Two towers look for each other: every query for its key, and every key for its query.',
    formula: 'L = ( mean_i [ LSE_j(t s_ij) - t s_ii ] + mean_j [ LSE_i(t s_ij) - t s_jj ] ) / 2',
    reduction:
      'Half the mean over rows plus half the mean over columns. A row holds all keys, a column all queries, the match included.',
    reproduces: 'ClipLoss of open_clip, given the exponentiated logit_scale',
    source:
      'Radford et al. 2021, Learning Transferable Visual Models From Natural Language Supervision, fig. 3',
    watchFor: 'Stuck at ln N: the two towers have not met. CLIP clamps the multiplier to 100.',
  },
  constants: (values) => ({ logitScale: values.logitScale, negatives: Number(values.negatives) }),
  largestLogit: (values, similarity) => values.logitScale * similarity,
  formula: (pairs, values) => {
    const rows = lineUp(pairs, values.logitScale, values.negatives);
    const columns = lineUp(transposed(pairs), values.logitScale, values.negatives);
    const pull = rows.pull.map(
      (value, pair) =>
        (value + columns.pull[(pair % pairs.columns) * pairs.rows + Math.floor(pair / pairs.columns)]) / 2,
    );
    const rowLosses = rows.rowLosses.map((value, row) => (value + columns.rowLosses[row]) / 2);
    return { loss: (rows.loss + columns.loss) / 2, count: rows.count, rowLosses, pull };
  },
  shader: infoNce.shader,
  parameterGradients: (values, sums) => ({ logitScale: sums.pullSimilarity / values.logitScale }),
  plateaus: (values, { candidates }) => [
    values.negatives
      ? { name: `indifferent or collapsed: ln ${candidates}`, loss: Math.log(candidates) }
      : { name: 'positives coincide: -logit scale', loss: -values.logitScale },
  ],
});
