import { lengthOf } from '../../losses/point-set.ts';
import type { Batch, Metric } from '../engine.ts';
import { Slices } from '../slices.ts';
import { expectRoom } from '../stored-matrix.ts';
import { openTowers } from '../towers.ts';
import { validateSimilarity } from '../validate.ts';

const metrics: Record<Metric, (left: Float64Array, right: Float64Array) => number> = {
  cosine: dot,
  dot,
  euclidean: (left, right) => lengthOf(left.map((value, index) => value - right[index])),
};

function dot(left: Float64Array, right: Float64Array): number {
  return left.reduce((sum, value, index) => sum + value * right[index], 0);
}

/** Engine.similarity, pair by pair. */
export async function similarity(batch: Batch, metric: Metric = 'cosine'): Promise<Float32Array> {
  const { dimension, rows, columns } = validateSimilarity(batch, metric);
  expectRoom(rows, columns, Float32Array.BYTES_PER_ELEMENT);
  const slices = new Slices(2 * rows + columns);
  const towers = await openTowers(batch, metric === 'cosine', slices);
  const vector = (vectors: Float64Array, index: number) =>
    vectors.subarray(index * dimension, (index + 1) * dimension);
  const result = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const left = vector(towers.rows.vectors, row);
      const right = vector(towers.columns.vectors, column);
      result[row * columns + column] = metrics[metric](left, right);
    }
    if (slices.spend(1)) await slices.next();
  }
  return result;
}
