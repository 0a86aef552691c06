import { GRAIN, TILE, TILE_BYTES } from '../pairs/tile.ts';
import { Layout } from '../wasm/memory.ts';

/**
 * Kept outside of that memory for every ordered pair of one class: distance and pull, and its place in the order of
 * distances or what mining chose, each with a distance.
 */
export const BYTES_PER_ENTRY = 8 + 8 + 12;

/** Where everything lies in memory, in bytes. */
export interface TripletPlan {
  dimension: number;
  gradient: boolean;
  /** Points, and with padding. */
  count: number;
  padded: number;
  /** padded x dimension, row-major: what was passed in, normalized; in the end, the gradient. */
  vectors: number;
  norms: number;
  /** In quads, see products.ts. */
  points: number;
  gathered: number;
  /** One tile for every TILE points: their distances to the columns of a panel, the slopes in them (f64), their weights. */
  distances: number;
  slopes: number;
  weights: number;
  /** One tile, transposed. */
  scratch: number;
  /** f64. */
  weight: number;
  bytes: number;
}

export function planTriplets(count: number, dimension: number, gradient: boolean): TripletPlan {
  const memory = new Layout();
  const padded = Math.ceil(count / GRAIN) * GRAIN;
  const coordinates = 4 * padded * dimension;
  const panel = Math.ceil(count / TILE) * TILE_BYTES;
  const plan = {
    vectors: memory.reserve(coordinates),
    norms: memory.reserve(4 * padded),
    points: memory.reserve(coordinates),
    gathered: memory.reserve(gradient ? coordinates : 0),
    distances: memory.reserve(panel),
    slopes: memory.reserve(gradient ? 2 * panel : 0),
    weights: memory.reserve(gradient ? panel : 0),
    scratch: memory.reserve(gradient ? TILE_BYTES : 0),
    weight: memory.reserve(8),
  };
  return { dimension, gradient, count, padded, ...plan, bytes: memory.bytes };
}
