import type { PairPlan } from './plan.ts';

/** Two blocks of points, whose pairs one thread works on. */
export interface BlockPair {
  row: number;
  column: number;
}

/**
 * The pairs of blocks in rounds. Within a round no block occurs twice, so that threads may write to both of theirs
 * without waiting for each other; between rounds they wait. The order is fixed, and so are the sums.
 */
export function roundsOf({ rows, columns, rowBlock, columnBlock }: PairPlan): BlockPair[][] {
  const rowBlocks = Math.ceil(rows.padded / rowBlock);
  if (rows === columns) return tournament(rowBlocks);
  const columnBlocks = Math.ceil(columns.padded / columnBlock);
  const players = Math.max(rowBlocks, columnBlocks);
  const every = upTo(players);
  return every.map((round) =>
    every
      .map((row) => ({ row, column: (row + round) % players }))
      .filter(({ row, column }) => row < rowBlocks && column < columnBlocks),
  );
}

/** Every block meets itself first and then, by the circle method, every other once. */
function tournament(blocks: number): BlockPair[][] {
  const alone = upTo(blocks).map((block) => ({ row: block, column: block }));
  if (blocks === 1) return [alone];
  const players = blocks + (blocks % 2);
  const turning = players - 1;
  const rounds = upTo(turning).map((round) =>
    upTo(players / 2)
      .map((seat): BlockPair => {
        const one = seat === 0 ? turning : (round + seat) % turning;
        const other = (round + turning - seat) % turning;
        return { row: Math.min(one, other), column: Math.max(one, other) };
      })
      .filter(({ column }) => column < blocks),
  );
  return [alone, ...rounds];
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
