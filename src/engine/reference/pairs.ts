import { EXCLUDED, NEGATIVE, POSITIVE } from '../../losses/pair-matrix.ts';
import type { PairMatrix } from '../../losses/pair-matrix.ts';
import type { Batch } from '../engine.ts';
import { isLabelled } from '../engine.ts';
import type { Slices } from '../slices.ts';
import type { Towers } from '../towers.ts';
import type { BatchLayout } from '../validate.ts';

/** Bytes per pair that an evaluation holds at once: similarity, relation, pull, and the transposed ones of CLIP. */
export const BYTES_PER_PAIR = 2 * (8 + 1 + 8);

/** The whole matrix of pairs. Spends one unit of work per row. */
export async function buildPairs(
  batch: Batch,
  layout: BatchLayout,
  towers: Towers,
  slices: Slices,
): Promise<PairMatrix> {
  const { rows, columns } = layout;
  const relate = relationOf(batch, layout);
  const similarity = new Float64Array(rows * columns);
  const relation = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      similarity[row * columns + column] = dot(towers, row, column);
      relation[row * columns + column] = relate(row, column);
    }
    if (slices.spend(1)) await slices.next();
  }
  return { rows, columns, similarity, relation };
}

function dot({ dimension, rows, columns }: Towers, row: number, column: number): number {
  let sum = 0;
  for (let index = 0; index < dimension; index++) {
    sum += rows.vectors[row * dimension + index] * columns.vectors[column * dimension + index];
  }
  return sum;
}

/** What row and column are to each other. */
function relationOf(batch: Batch, layout: BatchLayout): (row: number, column: number) => number {
  if (isLabelled(batch)) {
    const { labels } = batch;
    return (row, column) => {
      if (row === column) return EXCLUDED;
      return labels[row] === labels[column] ? POSITIVE : NEGATIVE;
    };
  }
  return (row, column) => {
    if (row === column) return POSITIVE;
    const isKey = column < layout.rows;
    return isKey && layout.extraNegatives > 0 ? EXCLUDED : NEGATIVE;
  };
}
