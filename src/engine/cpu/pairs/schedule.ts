import type { PairPlan } from './plan.ts';

type Blocks = Pick<PairPlan, 'rows' | 'columns' | 'rowBlock' | 'columnBlock'>;

/** Two blocks of points, whose pairs one thread works on. */
export interface BlockPair {
  row: number;
  column: number;
}

/** A pair of blocks, and how many others either of them has to have met before. */
export interface Meeting extends BlockPair {
  rowTurn: number;
  columnTurn: number;
}

/**
 * The pairs of blocks in the order in which threads take them. A thread waits only where one of its two blocks is still
 * with another; each block meets the others in a fixed order, and so are its sums.
 */
export function meetingsOf(plan: Blocks): Meeting[] {
  const rowTurns: number[] = [];
  const isOneSet = plan.rows === plan.columns;
  const columnTurns = isOneSet ? rowTurns : [];
  return roundsOf(plan)
    .flat()
    .map(({ row, column }) => {
      const meeting = { row, column, rowTurn: rowTurns[row] ?? 0, columnTurn: columnTurns[column] ?? 0 };
      rowTurns[row] = meeting.rowTurn + 1;
      columnTurns[column] = meeting.columnTurn + 1;
      return meeting;
    });
}

/** Rounds within which no block occurs twice, so that threads find pairs that need not wait for each other. */
export function roundsOf({ rows, columns, rowBlock, columnBlock }: Blocks): BlockPair[][] {
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
