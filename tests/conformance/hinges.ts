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
const PATIENCE = 500;

/** The first of the draws whose terms all keep clear of the corners of the loss's hinges. */
export async function clearOfHinges(spec: LossSpec, drawOf: (draw: number) => Batch): Promise<Batch> {
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
