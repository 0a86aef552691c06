import { TILE_ROWS } from './pair-shape.ts';
import type { PairLayout, PairShape } from './pair-shape.ts';

/**
 * How the kernels of the pair skeleton share what they load: 'workgroup' through workgroup memory, every row against all
 * columns; 'subgroup' by exchange between the four lanes of a quad, every pair once for both of its ends.
 */
export const PAIR_VARIANTS = ['workgroup', 'subgroup'] as const;
export type PairVariant = (typeof PAIR_VARIANTS)[number];

/** Lanes that come in fours are those of software adapters, where a load costs as much as many multiply-adds. */
export function prefersSubgroups(device: GPUDevice): boolean {
  return device.features.has('subgroups') && device.adapterInfo.subgroupMaxSize === 4;
}

/** Partial results that the kernels of a variant leave behind for each row, to be combined in a fixed order. */
export interface PairParts {
  statistics: number;
  gradient: number;
}

export function pairParts(variant: PairVariant, { kind }: PairShape, { splits }: PairLayout): PairParts {
  if (variant === 'workgroup') return { statistics: splits, gradient: splits };
  // One per lane; and one as the own, one as the streamed end of a pair, which are different points in two towers.
  return { statistics: 4, gradient: kind === 'labelled' ? 2 : 1 };
}

/**
 * The rounds of the subgroup variant's gradient, as workgroups per round: each block of points meets one other in every
 * round (see shaders/subgroup-gradient.wgsl).
 */
export function pairRounds({ kind }: PairShape, { sweeps }: PairLayout): number[] {
  const [{ rowStart, rowEnd, columnStart, columnEnd }] = sweeps;
  const rows = Math.ceil((rowEnd - rowStart) / TILE_ROWS);
  const columns = Math.ceil((columnEnd - columnStart) / TILE_ROWS);
  if (kind === 'paired') {
    return Array.from({ length: Math.max(rows, columns) }, () => Math.min(rows, columns));
  }
  // Half way round, two blocks would meet twice.
  return Array.from({ length: Math.floor(rows / 2) + 1 }, (_, round) =>
    round > 0 && 2 * round === rows ? round : rows,
  );
}
