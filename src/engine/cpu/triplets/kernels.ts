/** The vector work of the skeleton of triplets, for one dimension and one kind of distance. */
import type { KernelModule } from '../kernel-module.ts';
import { writePoints } from '../pairs/points.ts';
import type { PointKernels } from '../pairs/points.ts';
import {
  writeCollect,
  writeCollectDifferences,
  writeDistances,
  writeMultiply,
  writeTranspose,
} from '../pairs/products.ts';
import type { CollectDifferences, Compare } from '../pairs/products.ts';
import { ModuleBuilder } from '../wasm/assembler.ts';

export interface TripletKernels extends PointKernels {
  /** Squared distances, or dot products; see products.ts. */
  compare: Compare;
  transpose(tile: number, rowQuads: number, columnQuads: number, transposed: number): void;

  /** Weighed vectors, of dot products; and weighed differences, of squared distances. One of the two is there. */
  collect?(gradient: number, rowQuads: number, vectors: number, columns: number, tile: number): void;
  collectDifferences?: CollectDifferences;
}

export function writeTripletKernels(dimension: number, byProducts: boolean, relaxed: boolean): KernelModule {
  const builder = new ModuleBuilder(relaxed);
  writePoints(builder, dimension);
  writeTranspose(builder);
  if (byProducts) {
    writeMultiply(builder, 'compare', dimension);
    writeCollect(builder, dimension);
  } else {
    writeDistances(builder, 'compare', dimension);
    writeCollectDifferences(builder, dimension);
  }
  return { builder, parts: { statistics: 0, anchor: 0 }, parameters: [] };
}
