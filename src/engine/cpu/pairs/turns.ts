/** Who does what next, and whose turn it is: words of the memory that the threads of an evaluation share. */
import type { PairPlan } from './plan.ts';
import type { Meeting } from './schedule.ts';

/** Passes over the pairs, at most: statistics, refinement, gradient. */
export const PASSES = 3;

/** Words of one pass: what is to be claimed next, then how many meetings each block of rows and of columns has had. */
export function turnWords(rowBlocks: number, columnBlocks: number): number {
  return 1 + rowBlocks + columnBlocks;
}

/** Before an evaluation, while no thread is at work. */
export function resetTurns({ buffer }: WebAssembly.Memory, { turns, turnsOfPass }: PairPlan): void {
  new Int32Array(buffer, turns, PASSES * turnsOfPass).fill(0);
}

/** The turns of one pass. Units of work are claimed in their order, by whichever thread is free. */
export class Turns {
  private readonly words: Int32Array;
  private readonly columns: number;

  constructor({ buffer }: WebAssembly.Memory, plan: PairPlan, pass: number) {
    this.words = new Int32Array(buffer, plan.turns + 4 * pass * plan.turnsOfPass, plan.turnsOfPass);
    this.columns = plan.rows === plan.columns ? 1 : 1 + Math.ceil(plan.rows.padded / plan.rowBlock);
  }

  /** The number of the next unit, which is the caller's from now on. */
  claim(): number {
    return Atomics.add(this.words, 0, 1);
  }

  /** Whether both blocks have had all meetings before this one. */
  isDue(meeting: Meeting): boolean {
    const [row, column] = this.wordsOf(meeting);
    return (
      Atomics.load(this.words, row) === meeting.rowTurn &&
      Atomics.load(this.words, column) === meeting.columnTurn
    );
  }

  isOver(meeting: Meeting): void {
    const [row, column] = this.wordsOf(meeting);
    Atomics.store(this.words, row, meeting.rowTurn + 1);
    // Of a block that met itself it is the same word, and the block may be further by now.
    if (column !== row) Atomics.store(this.words, column, meeting.columnTurn + 1);
  }

  private wordsOf({ row, column }: Meeting): [row: number, column: number] {
    return [1 + row, this.columns + column];
  }
}
