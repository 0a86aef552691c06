import type { Batch, Metric } from '../engine.ts';
import { Slices } from '../slices.ts';
import { expectRoom } from '../stored-matrix.ts';
import type { Towers } from '../towers.ts';
import { openTowers } from '../towers.ts';
import { validateSimilarity } from '../validate.ts';
import { multiply } from './products.ts';
import type { Tile } from './tile.ts';
import { isDiagonal, TILE, tileCount, tilesOf } from './tile.ts';

/** Engine.similarity, tile by tile. */
export async function similarity(batch: Batch, metric: Metric = 'cosine'): Promise<Float32Array> {
  const layout = validateSimilarity(batch, metric);
  const { rows, columns } = layout;
  expectRoom(rows, columns, Float32Array.BYTES_PER_ELEMENT);
  const slices = new Slices(rows + columns + TILE * tileCount(layout));
  const towers = await openTowers(batch, metric === 'cosine', slices);
  const compare = metric === 'euclidean' ? measure : multiply;
  const result = new Float32Array(rows * columns);
  for (const tile of tilesOf(layout)) {
    compare(tile, towers);
    for (let row = 0; row < tile.rows; row++) {
      for (let column = 0; column < tile.columns; column++) {
        const value = tile.similarity[row * TILE + column];
        result[(tile.firstRow + row) * columns + tile.firstColumn + column] = value;
        if (layout.kind === 'labelled' && !isDiagonal(tile, layout)) {
          result[(tile.firstColumn + column) * columns + tile.firstRow + row] = value;
        }
      }
    }
    if (slices.spend(TILE)) await slices.next();
  }
  return result;
}

/** Distances from differences: |a|^2 + |b|^2 - 2 a.b would lose those of close points. */
function measure(
  { firstRow, firstColumn, rows, columns, similarity: distances }: Tile,
  towers: Towers,
): void {
  const { dimension } = towers;
  const left = towers.rows.vectors;
  const right = towers.columns.vectors;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const rowAt = (firstRow + row) * dimension;
      const columnAt = (firstColumn + column) * dimension;
      let squared = 0;
      for (let index = 0; index < dimension; index++) {
        squared += (left[rowAt + index] - right[columnAt + index]) ** 2;
      }
      distances[row * TILE + column] = Math.sqrt(squared);
    }
  }
}
