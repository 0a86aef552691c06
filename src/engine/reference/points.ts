import type { PointSet } from '../../losses/point-set.ts';
import type { Batch } from '../engine.ts';
import { isLabelled } from '../engine.ts';
import type { Towers } from '../towers.ts';
import type { BatchLayout } from '../validate.ts';

/** The batch as the formulas over points take it. */
export function pointsOf(
  batch: Batch,
  { kind, dimension }: BatchLayout,
  { rows, columns }: Towers,
): PointSet {
  const points = { kind, dimension, rows: rows.vectors, columns: columns.vectors };
  return isLabelled(batch) ? { ...points, labels: batch.labels } : { ...points, similar: batch.similar };
}
