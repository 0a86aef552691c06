import { EXCLUDED, NEGATIVE, POSITIVE } from '../../losses/pair-matrix.ts';
import type { Batch } from '../engine.ts';
import type { BatchLayout } from '../validate.ts';

/** Pairs along one side of a tile: its similarities, relations and pulls stay in the nearest caches. */
export const TILE = 64;

/** A square of the matrix of pairs: what is worked on at a time in place of the whole. */
export interface Tile {
  firstRow: number;
  firstColumn: number;
  rows: number;
  columns: number;
  /** TILE x TILE each, row-major. */
  similarity: Float64Array;
  relation: Uint8Array;
  pull: Float64Array;
}

/** The tiles of a matrix of pairs in a fixed order, one at a time in the same memory. One set: only its upper half. */
export function* tilesOf(layout: BatchLayout): Generator<Tile, void> {
  const tile: Tile = {
    firstRow: 0,
    firstColumn: 0,
    rows: 0,
    columns: 0,
    similarity: new Float64Array(TILE * TILE),
    relation: new Uint8Array(TILE * TILE),
    pull: new Float64Array(TILE * TILE),
  };
  for (tile.firstRow = 0; tile.firstRow < layout.rows; tile.firstRow += TILE) {
    tile.rows = Math.min(TILE, layout.rows - tile.firstRow);
    const start = layout.kind === 'labelled' ? tile.firstRow : 0;
    for (tile.firstColumn = start; tile.firstColumn < layout.columns; tile.firstColumn += TILE) {
      tile.columns = Math.min(TILE, layout.columns - tile.firstColumn);
      yield tile;
    }
  }
}

/** How many tiles `tilesOf` gives. */
export function tileCount(layout: BatchLayout): number {
  const rows = Math.ceil(layout.rows / TILE);
  return layout.kind === 'labelled' ? (rows * (rows + 1)) / 2 : rows * Math.ceil(layout.columns / TILE);
}

/** Whether both towers of the tile are the same points. */
export function isDiagonal({ firstRow, firstColumn }: Tile, layout: BatchLayout): boolean {
  return layout.kind === 'labelled' && firstRow === firstColumn;
}

/** What fills in a tile's relations. Labels are copied, so that the caller may go on using the batch. */
export function relationsOf(batch: Batch, layout: BatchLayout): (tile: Tile) => void {
  if (!('labels' in batch)) return (tile) => relateByPosition(tile, layout);
  const labels = batch.labels.slice();
  return (tile) => relateByLabel(tile, labels);
}

/** One set: a point is excluded from itself, equal labels are positives. */
function relateByLabel(tile: Tile, labels: Uint32Array): void {
  const { firstRow, firstColumn, relation } = tile;
  for (let row = 0; row < tile.rows; row++) {
    const label = labels[firstRow + row];
    for (let column = 0; column < tile.columns; column++) {
      relation[row * TILE + column] = labels[firstColumn + column] === label ? POSITIVE : NEGATIVE;
    }
  }
  if (firstRow !== firstColumn) return;
  for (let row = 0; row < tile.rows; row++) relation[row * TILE + row] = EXCLUDED;
}

/** Two towers: key i is the positive of query i; extra negatives take the place of the other keys. */
function relateByPosition(tile: Tile, layout: BatchLayout): void {
  const { firstRow, firstColumn, relation } = tile;
  const otherKeys = layout.extraNegatives > 0 ? EXCLUDED : NEGATIVE;
  for (let row = 0; row < tile.rows; row++) {
    for (let column = 0; column < tile.columns; column++) {
      const key = firstColumn + column;
      relation[row * TILE + column] =
        key === firstRow + row ? POSITIVE : key < layout.rows ? otherKeys : NEGATIVE;
    }
  }
}
