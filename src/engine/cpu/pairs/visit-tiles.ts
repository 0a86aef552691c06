import { BARRIER, TURN } from './passes.ts';
import type { Step } from './passes.ts';
import type { PairPlan, Side } from './plan.ts';
import { rangesOf } from './ranges.ts';
import type { Range, Tile } from './ranges.ts';
import { meetingsOf } from './schedule.ts';
import { TILE } from './tile.ts';
import { Turns } from './turns.ts';

/**
 * Visits the tiles of one pair of blocks after another, whichever are still to be had; of one set, those of the upper
 * half.
 * @param over told of each pair of blocks when it is done with.
 */
export function* visitTiles(
  memory: WebAssembly.Memory,
  plan: PairPlan,
  pass: number,
  visit: (tile: Tile) => void,
  over: (unit: number) => void = () => undefined,
): Generator<Step, void> {
  const { rows, columns, rowBlock, columnBlock } = plan;
  const meetings = meetingsOf(plan);
  const turns = new Turns(memory, plan, pass);
  for (let unit = turns.claim(); unit < meetings.length; unit = turns.claim()) {
    const meeting = meetings[unit];
    while (!turns.isDue(meeting)) yield TURN;
    const isSame = rows === columns && meeting.row === meeting.column;
    for (const row of tilesOf(meeting.row, rowBlock, rows)) {
      for (const column of tilesOf(meeting.column, columnBlock, columns)) {
        if (isSame && column.first < row.first) continue;
        visit({ row, column });
        yield row.count * column.count;
      }
    }
    over(unit);
    turns.isOver(meeting);
  }
  yield BARRIER;
}

/** Whether a tile of one set holds each of its pairs twice. */
export function isDiagonal({ rows, columns }: PairPlan, { row, column }: Tile): boolean {
  return rows === columns && row.first === column.first;
}

/** The tiles along one side of a block. */
function tilesOf(block: number, points: number, side: Side): Range[] {
  return rangesOf(block * points, points, TILE, side.count);
}
