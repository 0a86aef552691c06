import { NARROW, TILE_COLUMNS, TILE_ROWS } from './pair-shape.ts';
import type { PairShape } from './pair-shape.ts';

/**
 * How the kernels of the pair skeleton share what they load. 'workgroup' and 'blocked' meet every row with all columns:
 * 'workgroup' reads points from where they lie, 32 pairs to an invocation, and 'blocked' through workgroup memory, 64 to an
 * invocation. 'subgroup' exchanges between the four lanes of a quad, and meets every pair once for both of its ends;
 * 'unrolled' does the same with kernels that are written out for one dimension, the gradient only for some.
 */
export const PAIR_VARIANTS = ['workgroup', 'blocked', 'subgroup', 'unrolled'] as const;
export type PairVariant = (typeof PAIR_VARIANTS)[number];

/** Up to these dimensions kernels are unrolled: their code grows with it, and that of the gradient is large. */
const MOST_UNROLLED = 128;
const MOST_UNROLLED_GRADIENT = 64;

/** Whether points are exchanged between the lanes of a quad. They lie by point, then, and rounds of blocks meet. */
export function exchanges(variant: PairVariant): boolean {
  return variant === 'subgroup' || variant === 'unrolled';
}

/** Whether the gradient, too, is unrolled; else it is that of 'subgroup', which compiles four times as quickly. */
export function unrollsGradient(variant: PairVariant, dimension: number): boolean {
  return variant === 'unrolled' && dimension <= MOST_UNROLLED_GRADIENT;
}

/** Why a variant's kernels cannot be used, in words that follow "they"; undefined where they can. */
export function whyNot(
  variant: PairVariant,
  { features }: Pick<GPUDevice, 'features'>,
  { dimension }: Pick<PairShape, 'dimension'>,
): string | undefined {
  if (exchanges(variant) && !features.has('subgroups')) {
    return 'need subgroups, which this device does not have';
  }
  if (variant === 'unrolled' && dimension > MOST_UNROLLED)
    return `are for at most ${MOST_UNROLLED} dimensions`;
  // Narrow points fit into registers, and have nothing to gain from being staged, or unrolled.
  const isForNarrow = variant === 'workgroup' || variant === 'subgroup';
  return isForNarrow || dimension > NARROW ? undefined : 'are for more than four dimensions';
}

/** The variants that a device has what it takes for, and that are for points of so many dimensions. */
export function possibleVariants(
  device: Pick<GPUDevice, 'features'>,
  shape: Pick<PairShape, 'dimension'>,
): PairVariant[] {
  return PAIR_VARIANTS.filter((variant) => whyNot(variant, device, shape) === undefined);
}

/** Kernels for one dimension take a second or so to compile: small batches are done before that. */
const MULTIPLY_ADDS_WORTH_UNROLLING = 2 ** 24;
/** And have few workgroups, which leave processors idle. */
const ROWS_WORTH_UNROLLING = 512;

/** Whether so many pairs are so much work that kernels should be compiled for their dimension alone. */
export function isWorthUnrolling(rows: number, columns: number, dimension: number): boolean {
  return (
    Math.min(rows, columns) >= ROWS_WORTH_UNROLLING &&
    rows * columns * dimension >= MULTIPLY_ADDS_WORTH_UNROLLING
  );
}

/** Lanes that come in fours are those of software adapters, where a load costs as much as many multiply-adds. */
export function prefersSubgroups(device: GPUDevice): boolean {
  return device.features.has('subgroups') && device.adapterInfo.subgroupMaxSize === 4;
}

/** Partial results that the kernels of a variant leave behind for each row, to be combined in a fixed order. */
export interface PairParts {
  statistics: number;
  gradient: number;
}

/** Rows that a workgroup takes at a time. */
export function rowsOfTile(variant: PairVariant): number {
  return variant === 'blocked' ? 2 * TILE_ROWS : TILE_ROWS;
}

/** How many workgroups a sweep should have, for a large GPU to be busy; small batches split their columns for it. */
const WORKGROUPS_WANTED = 512;
/** A large GPU has room for several workgroups of the blocked variant on each of more than a hundred processors. */
const BLOCKS_WANTED = 1024;

/** Fewer column tiles than this are not worth a workgroup of their own: its set-up and the combining would show. */
const TILES_WORTH_A_SPLIT = 8;
const BLOCKS_WORTH_A_SPLIT = 4;

/** Parts that the columns are cut into, each with workgroups and partial results of its own. */
export function splitsOf(variant: 'workgroup' | 'blocked', rows: number): number {
  const isBlocked = variant === 'blocked';
  const rowTiles = Math.ceil(rows / rowsOfTile(variant));
  const columnTiles = Math.ceil(rows / TILE_COLUMNS);
  const wanted = Math.ceil((isBlocked ? BLOCKS_WANTED : WORKGROUPS_WANTED) / rowTiles);
  const worthIt = Math.floor(columnTiles / (isBlocked ? BLOCKS_WORTH_A_SPLIT : TILES_WORTH_A_SPLIT));
  return Math.max(1, Math.min(wanted, worthIt));
}

export function pairParts(variant: PairVariant, { kind, rows }: PairShape): PairParts {
  if (variant === 'workgroup' || variant === 'blocked') {
    const splits = splitsOf(variant, rows);
    return { statistics: splits, gradient: splits };
  }
  // One per lane; and one as the own, one as the streamed end of a pair, which are different points in two towers.
  return { statistics: 4, gradient: kind === 'labelled' ? 2 : 1 };
}
