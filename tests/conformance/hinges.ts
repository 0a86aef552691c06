import type { Batch } from '../../src/engine/engine.ts';
import { pointsOf } from '../../src/engine/reference/points.ts';
import { Slices } from '../../src/engine/slices.ts';
import { openTowers } from '../../src/engine/towers.ts';
import { validateEvaluation } from '../../src/engine/validate.ts';
import { distance } from '../../src/losses/point-distances.ts';
import type { PointSet } from '../../src/losses/point-set.ts';
import type { LossSpec } from '../../src/losses/registry.ts';
import type { ParameterValues } from '../../src/losses/loss.ts';

/**
 * How far every term has to be from the corner of its hinge: a term that is active in single precision and not in double
 * changes a mean over the active ones far beyond rounding.
 */
const GAP = 1.7e-5;

/** More draws than any case needs. */
const PATIENCE = 300;

/** The first of the draws whose terms all keep clear of the corners of the loss's hinges. */
export async function clearOfHinges(spec: LossSpec, drawOf: (draw: number) => Batch): Promise<Batch> {
  if (spec.kind !== 'contrastive' && spec.kind !== 'triplet-margin') return drawOf(0);
  for (let draw = 0; draw < PATIENCE; draw++) {
    const batch = drawOf(draw);
    if ((await gapOf(spec, batch)) >= GAP) return batch;
  }
  throw new Error(`No draw keeps every term of ${JSON.stringify(spec)} clear of its hinge.`);
}

/** The smallest distance of a term from a corner. Exactly 0 is a corner that no rounding leads to or away from. */
async function gapOf(spec: LossSpec, batch: Batch): Promise<number> {
  const { values, layout } = validateEvaluation(spec, batch);
  const towers = await openTowers(batch, Boolean(values.normalize), new Slices(1));
  const points = pointsOf(batch, layout, towers);
  let gap = Infinity;
  const meet = (excess: number) => {
    if (excess !== 0) gap = Math.min(gap, Math.abs(excess));
  };
  if (spec.kind === 'contrastive') meetMargins(points, values, meet);
  if (spec.kind === 'triplet-margin') meetTriplets(points, values, meet);
  return gap;
}

function meetMargins(points: PointSet, values: ParameterValues, meet: (excess: number) => void): void {
  const { dimension, rows, columns, labels, similar } = points;
  const count = rows.length / dimension;
  for (let row = 0; row < count; row++) {
    for (let column = labels ? 0 : row; column <= row; column++) {
      if (labels && row === column) continue;
      const isPositive = labels ? labels[row] === labels[column] : similar?.[row] === 1;
      const margin = isPositive ? values.positiveMargin : values.negativeMargin;
      meet(distance(points, rows, row, columns, column) - Number(margin));
    }
  }
}

/** The corners of the hinge, of mining, of the swap, and ties between those that mining chooses from. */
function meetTriplets(points: PointSet, values: ParameterValues, meet: (excess: number) => void): void {
  const { dimension, rows, labels = new Uint32Array() } = points;
  const everyone = Array.from(labels, (_, point) => point);
  const matrix = everyone.map((i) =>
    Float64Array.from(everyone, (j) => {
      if (values.distance !== 'cosine') {
        const d = distance(points, rows, i, rows, j);
        return values.distance === 'euclidean' ? d : d * d;
      }
      let sum = 0;
      for (let axis = 0; axis < dimension; axis++)
        sum += rows[i * dimension + axis] * rows[j * dimension + axis];
      return 1 - sum;
    }),
  );
  const margin = Number(values.margin);
  const looksBeyond = ['semi-hard', 'facenet-semi-hard', 'hard'].includes(String(values.mining));
  /** The two smallest may not tie. */
  const choose = (candidates: number[]) => {
    const [first, second] = candidates.toSorted((a, b) => a - b);
    if (second !== undefined) meet(second - first);
    return first;
  };
  for (const anchor of everyone) {
    const positives = everyone.filter((j) => j !== anchor && labels[j] === labels[anchor]);
    const negatives = everyone.filter((j) => labels[j] !== labels[anchor]);
    if (positives.length === 0 || negatives.length === 0) continue;
    if (values.mining === 'batch-hard') {
      choose(positives.map((j) => -matrix[anchor][j]));
      choose(negatives.map((j) => matrix[anchor][j]));
    }
    for (const positive of positives) {
      const gaps = negatives.map((negative) => matrix[anchor][negative] - matrix[anchor][positive]);
      if (values.mining === 'facenet-semi-hard') {
        const beyond = gaps.filter((gap) => gap > 0);
        choose(beyond.length > 0 ? beyond : gaps.map((gap) => -gap));
      }
      gaps.forEach((gap, index) => {
        if (looksBeyond) meet(gap);
        meet(margin - gap);
        if (!values.swap) return;
        const swapped = matrix[positive][negatives[index]];
        meet(swapped - matrix[anchor][negatives[index]]);
        meet(margin + matrix[anchor][positive] - swapped);
      });
    }
  }
}
