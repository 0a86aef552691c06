import shader from '../../shaders/losses/simsiam.wgsl?raw';
import { defineMatchLoss } from './loss.ts';
import { normalize } from './parameters.ts';
import { lengthOf } from './point-set.ts';
import { simSiamRule } from './rules/simsiam.ts';

export const simSiam = defineMatchLoss({
  kind: 'simsiam',
  name: 'SimSiam',
  batch: 'paired',
  anchors: 'queries',
  parameters: {
    stopGradient: {
      type: 'boolean',
      default: true,
      description: 'Keys are targets that stand still: no gradient reaches them. Off, both ends move.',
    },
    normalize,
  },
  documentation: {
    summary:
      'Every prediction turns towards its target, and the target stands still. There are no negatives.',
    formula: 'L = -mean_i cos( p_i, stopgrad(z_i) ), p = queries, z = keys',
    reduction:
      'Mean over the queries; each meets its own key alone. The symmetrized loss -1/2 (cos(p1, sg z2) + cos(p2, sg z1)) is this mean with both directions stacked: queries p1, p2 and keys z2, z1.',
    reproduces:
      "The loss of facebookresearch/simsiam; NegativeCosineSimilarity of lightly. BYOL's 2 - 2 cos is 2 + 2 L.",
    source: 'Chen and He 2021, Exploring Simple Siamese Representation Learning, eq. 1 and 3',
    watchFor:
      'At its lowest, -1, all is aligned or all is collapsed: it cannot tell. What keeps SimSiam from collapse is a predictor between z and p; free points have none, so queries walk over to their keys. Not normalized it is a dot product, which has no floor.',
  },
  constants: ({ stopGradient }) => ({ stopGradient: Number(stopGradient) }),
  largestLogit: (_values, similarity) => similarity,
  formula: ({ dimension, rows: queries, columns: keys }, { stopGradient }, detached) => {
    const count = queries.length / dimension;
    const targets = stopGradient ? detached.columns : keys;
    const rowLosses = new Float64Array(count);
    queries.forEach((component, index) => {
      rowLosses[Math.floor(index / dimension)] -= component * targets[index];
    });
    const pulledBy = (vectors: Float64Array) => ({
      gradient: vectors.map((component) => -component / count),
      scale: Float64Array.from({ length: count }, (_, row) => {
        return lengthOf(vectors.subarray(row * dimension, (row + 1) * dimension)) / count;
      }),
    });
    return {
      loss: rowLosses.reduce((sum, loss) => sum + loss, 0) / count,
      count,
      rowLosses,
      rows: pulledBy(targets),
      columns: pulledBy(stopGradient ? new Float64Array(keys.length) : queries),
    };
  },
  rule: simSiamRule,
  shader,
  plateaus: ({ normalize: normalized }) =>
    normalized ? [{ name: 'all aligned, or all collapsed', loss: -1 }] : [],
});
