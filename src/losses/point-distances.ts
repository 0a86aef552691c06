import type { PointGradient, PointSet, PointSetLoss } from './point-set.ts';

/** What the reference formulas over distances are written with. */

/** The distance of a row to another row of its own tower, or to a column, by differences. */
export function distance(
  { dimension }: PointSet,
  left: Float64Array,
  row: number,
  right: Float64Array,
  column: number,
): number {
  let squared = 0;
  for (let index = 0; index < dimension; index++) {
    squared += (left[row * dimension + index] - right[column * dimension + index]) ** 2;
  }
  return Math.sqrt(squared);
}

/** A loss with nothing in it yet, shaped for `points`. */
export function emptyPointLoss({ dimension, rows, columns }: PointSet): PointSetLoss {
  const empty = ({ length }: Float64Array): PointGradient => ({
    gradient: new Float64Array(length),
    scale: new Float64Array(length / dimension),
  });
  const ofRows = empty(rows);
  return {
    loss: 0,
    count: 0,
    rowLosses: new Float64Array(rows.length / dimension),
    rows: ofRows,
    columns: rows === columns ? ofRows : empty(columns),
  };
}

/** One end of a pair: a point, the tower it is of, and what becomes of that tower. */
export interface End {
  vectors: Float64Array;
  into: PointGradient;
  point: number;
}

/** Adds pull * (u - v) to the gradient of u, and its opposite to that of v. */
export function addPull(points: PointSet, a: End, b: End, pull: number): void {
  const { dimension } = points;
  for (let index = 0; index < dimension; index++) {
    const atA = a.point * dimension + index;
    const atB = b.point * dimension + index;
    const component = pull * (a.vectors[atA] - b.vectors[atB]);
    a.into.gradient[atA] += component;
    b.into.gradient[atB] -= component;
  }
  const length = Math.abs(pull) * distance(points, a.vectors, a.point, b.vectors, b.point);
  a.into.scale[a.point] += length;
  b.into.scale[b.point] += length;
}
