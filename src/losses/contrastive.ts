import shader from '../../shaders/losses/contrastive.wgsl?raw';
import { defineDistanceLoss } from './loss.ts';
import { normalize } from './parameters.ts';
import { addPull, distance, emptyPointLoss } from './point-distances.ts';
import { contrastiveRule } from './rules/contrastive.ts';

export const contrastive = defineDistanceLoss({
  kind: 'contrastive',
  name: 'Contrastive',
  batch: 'labelled',
  anchors: 'all',
  takesSimilar: true,
  parameters: {
    positiveMargin: {
      type: 'number',
      default: 0,
      minimum: -0.5,
      maximum: 2,
      scale: 'linear',
      valid: 'finite',
      description: 'Positives closer than this cost nothing.',
    },
    negativeMargin: {
      type: 'number',
      default: 1,
      minimum: -0.5,
      maximum: 2,
      scale: 'linear',
      valid: 'finite',
      description:
        'Negatives farther apart than this cost nothing. Unit vectors are never more than 2 apart.',
    },
    form: {
      type: 'choice',
      default: 'hinge',
      choices: ['hinge', 'hadsell'],
      description:
        'hinge: how far a pair is on the wrong side of its margin. hadsell: half the square of that.',
    },
    reduction: {
      type: 'choice',
      default: 'mean-active',
      choices: ['mean-active', 'mean'],
      description:
        'mean-active: the mean of the active positives plus that of the active negatives. mean: one mean over all pairs.',
    },
    normalize,
  },
  documentation: {
    summary: 'Positives are drawn together; negatives are pushed apart until they keep their distance.',
    formula:
      'hinge: L = mean_p [d_p - positiveMargin]+ + mean_n [negativeMargin - d_n]+;  hadsell: [ ]+ is replaced by [ ]+^2 / 2',
    reduction:
      'Over the ordered pairs of a labelled set, or over the given pairs. mean-active: only terms above 0, positives and negatives averaged apart and added. mean: the sum of all terms divided by the number of all pairs.',
    reproduces:
      'ContrastiveLoss of pytorch-metric-learning (hinge, mean-active); ContrastiveLoss of sentence-transformers (hadsell, mean) for distances of its choice; half of contrastive_loss of TensorFlow Addons',
    source:
      'Hadsell, Chopra and LeCun 2006, Dimensionality Reduction by Learning an Invariant Mapping, eq. 4',
    watchFor:
      'Pairs that keep their margin stop counting, so mean-active need not fall as more pairs come to rest: it tells how bad the rest is. Two negatives in one place have no direction to part in.',
  },
  constants: ({ positiveMargin, negativeMargin, form, reduction }) => ({
    positiveMargin,
    negativeMargin,
    squared: Number(form === 'hadsell'),
    activeOnly: Number(reduction === 'mean-active'),
  }),
  largestLogit: ({ positiveMargin, negativeMargin, form }, similarity) => {
    const excess = 2 * Math.sqrt(similarity) + Math.max(Math.abs(positiveMargin), Math.abs(negativeMargin));
    return form === 'hadsell' ? (excess * excess) / 2 : excess;
  },
  formula: (points, { positiveMargin, negativeMargin, form, reduction }) => {
    const { rows, columns, labels, similar } = points;
    const result = emptyPointLoss(points);
    const count = result.rowLosses.length;
    const apart = reduction === 'mean-active';

    /** The ordered pairs of one row: how far apart, and by how much on the wrong side of the margin. */
    const pairsOf = (row: number) => {
      const met = labels
        ? Array.from(labels, (_, column) => column).filter((column) => column !== row)
        : [row];
      return met.map((column) => {
        const isPositive = labels ? labels[column] === labels[row] : similar?.[row] === 1;
        const d = distance(points, rows, row, columns, column);
        const excess = isPositive ? d - positiveMargin : negativeMargin - d;
        const loss = form === 'hadsell' ? Math.max(0, excess) ** 2 / 2 : Math.max(0, excess);
        const slope = form === 'hadsell' ? Math.max(0, excess) : Number(excess > 0);
        return { row, column, isPositive, d, loss, slope: isPositive ? slope : -slope };
      });
    };
    type Pair = ReturnType<typeof pairsOf>[number];
    /** What is averaged together. */
    const groupsOf = (pairs: Pair[]) =>
      apart
        ? [true, false].map((wanted) =>
            pairs.filter(({ isPositive, loss }) => isPositive === wanted && loss > 0),
          )
        : [pairs];
    const meanOf = (group: Pair[]) =>
      group.reduce((sum, { loss }) => sum + loss, 0) / Math.max(1, group.length);

    const pairs = Array.from({ length: count }, (_, row) => pairsOf(row));
    pairs.forEach((ofRow, row) => {
      result.rowLosses[row] = groupsOf(ofRow).reduce((sum, group) => sum + meanOf(group), 0);
    });
    for (const group of groupsOf(pairs.flat())) {
      result.loss += meanOf(group);
      result.count += group.length;
      for (const { row, column, d, slope } of group) {
        if (d === 0) continue;
        const pull = slope / group.length / d;
        addPull(
          points,
          { vectors: rows, into: result.rows, point: row },
          { vectors: columns, into: result.columns, point: column },
          pull,
        );
      }
    }
    return result;
  },
  rule: contrastiveRule,
  shader,
  plateaus: ({ positiveMargin, negativeMargin, form, reduction }, { candidates }) => {
    if (reduction === 'mean' || candidates < 2) return [];
    const cost = (excess: number) =>
      form === 'hadsell' ? Math.max(0, excess) ** 2 / 2 : Math.max(0, excess);
    return [{ name: 'collapsed: all distances 0', loss: cost(-positiveMargin) + cost(negativeMargin) }];
  },
});
