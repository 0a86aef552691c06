import type { BatchKind } from './loss.ts';

/** The points of a small batch in float64: what the formulas of losses that are not over similarities are written on. */
export interface PointSet {
  kind: BatchKind;
  dimension: number;
  /** Embeddings, or queries; count x dimension, row-major. */
  rows: Float64Array;
  /** The same embeddings; or keys, followed by extra negatives. */
  columns: Float64Array;
  /** One per embedding of a labelled set. */
  labels?: Uint32Array;
  /** 1 or 0 per pair of a paired batch, where the loss takes it. */
  similar?: Uint8Array;
}

/** What a loss does to one block of vectors. */
export interface PointGradient {
  /** dLoss/dVector, count x dimension. */
  gradient: Float64Array;
  /** One per vector: the length its gradient could have if nothing cancelled, what rounding errors are judged against. */
  scale: Float64Array;
}

export interface PointSetLoss {
  loss: number;
  /** Terms that were averaged. */
  count: number;
  /** One per row: the mean of that anchor's terms. */
  rowLosses: Float64Array;
  rows: PointGradient;
  /** For one set the same object as `rows`. */
  columns: PointGradient;
}

/** Math.hypot of all components: passed one by one they would have to fit on the stack. */
export function lengthOf(vector: ArrayLike<number>): number {
  let square = 0;
  for (let index = 0; index < vector.length; index++) square += vector[index] * vector[index];
  return Math.sqrt(square);
}
