import type { Sample } from '../data/dataset.ts';
import type { Batch, Evaluation } from '../engine/engine.ts';
import type { BatchKind } from '../losses/loss.ts';

/** The vectors of some points, one after the other. */
export function rowsOf(vectors: Float32Array, dimension: number, points: Uint32Array): Float32Array {
  const rows = new Float32Array(points.length * dimension);
  points.forEach((point, row) => {
    rows.set(vectors.subarray(point * dimension, (point + 1) * dimension), row * dimension);
  });
  return rows;
}

/** A batch as the loss wants it: one labelled set, or first views as queries and second views as keys. */
export function batchOf(rows: Float32Array, dimension: number, labels: Uint32Array, kind: BatchKind): Batch {
  if (kind === 'labelled') return { dimension, embeddings: rows, labels };
  const half = rows.length / 2;
  return { dimension, queries: rows.slice(0, half), keys: rows.slice(half) };
}

/** The gradient of such a batch, laid out as the rows it was made of. */
export function gradientOf({ gradient }: Evaluation): Float32Array | undefined {
  if (!gradient) return undefined;
  if ('embeddings' in gradient) return gradient.embeddings;
  const rows = new Float32Array(gradient.queries.length + gradient.keys.length);
  rows.set(gradient.queries);
  rows.set(gradient.keys, gradient.queries.length);
  return rows;
}

/** The batch that was drawn from the embeddings of all points. */
export function gather(
  embeddings: Float32Array,
  dimension: number,
  { indices, labels }: Sample,
  kind: BatchKind,
): Batch {
  return batchOf(rowsOf(embeddings, dimension, indices), dimension, labels, kind);
}

/** Lays the gradient of a batch out over all points. No point is in a batch twice. */
export function scatter(
  evaluation: Evaluation,
  dimension: number,
  { indices }: Sample,
  gradient: Float32Array,
): void {
  const rows = gradientOf(evaluation);
  if (rows) spread(rows, dimension, indices, gradient);
}

/** Puts the row of each point where the point is among all. */
export function spread(
  rows: Float32Array,
  dimension: number,
  points: Uint32Array,
  vectors: Float32Array,
): void {
  points.forEach((point, row) => {
    vectors.set(rows.subarray(row * dimension, (row + 1) * dimension), point * dimension);
  });
}
