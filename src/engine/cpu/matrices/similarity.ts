import type { Batch, Metric } from '../../engine.ts';
import { isLabelled } from '../../engine.ts';
import { Slices } from '../../slices.ts';
import { expectRoom } from '../../stored-matrix.ts';
import { validateSimilarity } from '../../validate.ts';
import { writeDistances, writeMultiply } from '../pairs/products.ts';
import type { Compare } from '../pairs/products.ts';
import { writePoints } from '../pairs/points.ts';
import type { PointKernels } from '../pairs/points.ts';
import { GRAIN, QUAD, TILE, TILE_BYTES } from '../pairs/tile.ts';
import { ModuleBuilder } from '../wasm/assembler.ts';
import { allocate } from '../wasm/memory.ts';

interface Kernels extends PointKernels {
  compare: Compare;
}

/** Engine.similarity, tile by tile. */
export async function similarity(batch: Batch, metric: Metric, relaxed: boolean): Promise<Float32Array> {
  const layout = validateSimilarity(batch, metric);
  const { dimension, rows, columns } = layout;
  expectRoom(rows, columns, Float32Array.BYTES_PER_ELEMENT);
  const isOneSet = layout.kind === 'labelled';
  const slices = new Slices((rows * columns) / (isOneSet ? 2 : 1));

  const towers = isLabelled(batch)
    ? [[batch.embeddings]]
    : [[batch.queries], [batch.keys, batch.negatives ?? []]];
  let bytes = TILE_BYTES;
  const sides = [rows, columns].slice(0, towers.length).map((count) => {
    const padded = Math.ceil(count / GRAIN) * GRAIN;
    const vectors = bytes;
    const points = vectors + 4 * padded * dimension;
    const norms = points + 4 * padded * dimension;
    bytes = norms + 4 * padded;
    return { padded, vectors, points, norms };
  });
  const builder = new ModuleBuilder(relaxed);
  writePoints(builder, dimension);
  if (metric === 'euclidean') writeDistances(builder, 'compare', dimension);
  else writeMultiply(builder, 'compare', dimension);
  const memory = allocate(bytes);
  const { instance } = await WebAssembly.instantiate(builder.encode(), { host: { memory } });
  const kernels = instance.exports as unknown as Kernels;
  for (const [index, side] of sides.entries()) {
    let start = side.vectors / 4;
    for (const part of towers[index]) {
      new Float32Array(memory.buffer).set(part, start);
      start += part.length;
    }
    if (metric === 'cosine') kernels.normalize(side.vectors, side.padded, side.norms);
    kernels.layOut(side.vectors, side.padded / QUAD, side.points);
  }

  const [left, right = left] = sides;
  const tile = new Float32Array(memory.buffer, 0, TILE * TILE);
  const result = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row += TILE) {
    const ownRows = Math.min(TILE, left.padded - row);
    for (let column = isOneSet ? row : 0; column < columns; column += TILE) {
      const ownColumns = Math.min(TILE, right.padded - column);
      const [rowAt, columnAt] = [left.points + 4 * row * dimension, right.vectors + 4 * column * dimension];
      kernels.compare(rowAt, ownRows / QUAD, columnAt, ownColumns, 0);
      if (metric === 'euclidean') tile.forEach((squared, index) => (tile[index] = Math.sqrt(squared)));
      const write = (rowStep: number, columnStep: number) => {
        for (let i = 0; i < Math.min(TILE, rows - row); i++) {
          const start = (row + i) * rowStep + column * columnStep;
          for (let j = 0; j < Math.min(TILE, columns - column); j++) {
            result[start + j * columnStep] = tile[j * TILE + i];
          }
        }
      };
      write(columns, 1);
      if (isOneSet && column > row) write(1, columns);
      if (slices.spend(ownRows * ownColumns)) await slices.next();
    }
  }
  return result;
}
