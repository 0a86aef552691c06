import { COSINE, EUCLIDEAN } from '../../../losses/triplet-rule.ts';
import { quadsOf, rangesOf } from '../pairs/ranges.ts';
import type { Range } from '../pairs/ranges.ts';
import { QUAD, TILE } from '../pairs/tile.ts';
import type { TripletProgram } from '../programs.ts';

const TILE_PLACES = TILE * TILE;

/**
 * The distances of all points to some columns, a tile for every TILE points, and the slopes of all terms in them. A tile
 * lies column by column.
 */
export class Panel {
  readonly distances: Float32Array;
  /** Slopes of long sums, in double precision. */
  readonly slopes: Float64Array;
  readonly #program: TripletProgram;
  readonly #kind: number;
  readonly #weights: Float32Array;

  /** @param kind EUCLIDEAN, SQUARED_EUCLIDEAN or COSINE. */
  constructor(program: TripletProgram, kind: number) {
    const { memory, plan } = program;
    this.#program = program;
    this.#kind = kind;
    const places = Math.ceil(plan.count / TILE) * TILE_PLACES;
    this.distances = new Float32Array(memory.buffer, plan.distances, places);
    this.#weights = new Float32Array(memory.buffer, plan.weights, plan.gradient ? places : 0);
    this.slopes = new Float64Array(memory.buffer, plan.slopes, plan.gradient ? places : 0);
  }

  /** Columns of every panel, and the tiles of rows. */
  ranges(): Range[] {
    const { count } = this.#program.plan;
    return rangesOf(0, count, TILE, count);
  }

  /** Where the distances of a point begin; those to the next column are TILE on. */
  placeOf(point: number): number {
    return Math.floor(point / TILE) * TILE_PLACES + (point % TILE);
  }

  /** The distances of a tile of rows to a panel's columns. */
  fill(row: Range, column: Range): void {
    const { kernels, plan } = this.#program;
    const start = (row.first / TILE) * TILE_PLACES;
    kernels.compare(
      this.#componentsAt(plan.points, row.first),
      quadsOf(row.count),
      this.#componentsAt(plan.vectors, column.first),
      QUAD * quadsOf(column.count),
      plan.distances + 4 * start,
    );
    const { distances } = this;
    if (this.#kind === EUCLIDEAN) {
      for (let at = start; at < start + TILE_PLACES; at++) distances[at] = Math.sqrt(distances[at]);
    } else if (this.#kind === COSINE) {
      for (let at = start; at < start + TILE_PLACES; at++) distances[at] = 1 - distances[at];
    }
  }

  /** Adds what the slopes of a tile do to both of its ends, and forgets them. */
  push(row: Range, column: Range): void {
    const { kernels, plan } = this.#program;
    const { distances, slopes } = this;
    const start = (row.first / TILE) * TILE_PLACES;
    for (let at = start; at < start + TILE_PLACES; at++) {
      this.#weights[at] = strengthOf(this.#kind, slopes[at], distances[at]);
    }
    slopes.fill(0, start, start + TILE_PLACES);
    const weights = plan.weights + 4 * start;
    this.#collect(row, column, weights);
    kernels.transpose(weights, quadsOf(row.count), quadsOf(column.count), plan.scratch);
    this.#collect(column, row, plan.scratch);
  }

  #collect(own: Range, others: Range, tile: number): void {
    const { kernels, plan } = this.#program;
    const gradient = this.#componentsAt(plan.gathered, own.first);
    const vectors = this.#componentsAt(plan.vectors, others.first);
    const [quads, columns] = [quadsOf(own.count), QUAD * quadsOf(others.count)];
    kernels.collect?.(gradient, quads, vectors, columns, tile);
    const points = this.#componentsAt(plan.points, own.first);
    kernels.collectDifferences?.(gradient, points, quads, vectors, columns, tile);
  }

  #componentsAt(start: number, point: number): number {
    return start + 4 * point * this.#program.plan.dimension;
  }
}

/**
 * What weighs the difference of two points, by the slope in their distance: the derivative of the distance is
 * (u - v) / d, 2 (u - v), or -v. Two points in one place have no direction to be pulled in.
 */
export function strengthOf(kind: number, slope: number, distance: number): number {
  if (kind === EUCLIDEAN) return distance > 0 ? slope / distance : 0;
  return kind === COSINE ? -slope : 2 * slope;
}
