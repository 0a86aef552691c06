import { TILE_ROWS } from './pair-shape.ts';
import type { PairShape, Sweep } from './pair-shape.ts';
import { unrollsGradient } from './pair-variant.ts';
import type { PairVariant } from './pair-variant.ts';

/** BLOCK_POINTS of shaders/unrolled-gradient.wgsl, which reads and returns a block's own points once per meeting. */
const UNROLLED_BLOCK = 256;

/** Multiply-adds of one dispatch, at most: a round of a large batch would take longer than a slice may. */
const MULTIPLY_ADDS_AT_ONCE = 2 ** 28;

/** Some workgroups of a round, each of which has two blocks meet. */
export interface RoundPart {
  round: number;
  firstWorkgroup: number;
  workgroups: number;
}

/** Points of the blocks that meet: BLOCK_POINTS of the variant's gradient. */
export function blockPoints(variant: PairVariant, dimension: number): number {
  return unrollsGradient(variant, dimension) ? UNROLLED_BLOCK : TILE_ROWS;
}

/**
 * The rounds of gradients by exchange between lanes, in parts: in every round each block of points meets one other (see
 * shaders/subgroup-meeting.wgsl), and over all rounds any two meet once.
 */
export function pairRounds(
  variant: PairVariant,
  { kind, dimension }: Pick<PairShape, 'kind' | 'dimension'>,
  { rowStart, rowEnd, columnStart, columnEnd }: Sweep,
): RoundPart[] {
  const points = blockPoints(variant, dimension);
  const rows = Math.ceil((rowEnd - rowStart) / points);
  const columns = Math.ceil((columnEnd - columnStart) / points);
  const most = Math.max(1, Math.floor(MULTIPLY_ADDS_AT_ONCE / (3 * points ** 2 * dimension)));
  const isOneSet = kind === 'labelled';
  const rounds = isOneSet ? Math.floor(rows / 2) + 1 : Math.max(rows, columns);
  return Array.from({ length: rounds }, (_, round) => {
    // Half way round a set, two blocks would meet twice.
    const isHalf = isOneSet && round > 0 && 2 * round === rows;
    return partsOf(round, isHalf ? round : Math.min(rows, columns), most);
  }).flat();
}

/** Parts of nearly equal size, so that each costs the same. */
function partsOf(round: number, workgroups: number, most: number): RoundPart[] {
  const parts = Math.ceil(workgroups / most);
  const begin = (part: number) => Math.round((part * workgroups) / parts);
  return Array.from({ length: parts }, (_, part) => ({
    round,
    firstWorkgroup: begin(part),
    workgroups: begin(part + 1) - begin(part),
  }));
}
