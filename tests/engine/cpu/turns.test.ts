import { afterEach, expect, test, vi } from 'vitest';
import type { PairPlan, Side } from '../../../src/engine/cpu/pairs/plan.ts';
import { Turns, turnWords } from '../../../src/engine/cpu/pairs/turns.ts';

afterEach(() => vi.restoreAllMocks());

test('a block that met itself may have met another before its own thread goes on', () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const rows = { padded: 96 } as Side;
  const plan = { rows, columns: rows, rowBlock: 48, columnBlock: 48, turns: 0, turnsOfPass: turnWords(2, 2) };
  const [own, other] = [0, 1].map(() => new Turns(memory, plan as PairPlan, 0));
  const alone = [0, 1].map((block) => ({ row: block, column: block, rowTurn: 0, columnTurn: 0 }));
  const together = { row: 0, column: 1, rowTurn: 1, columnTurn: 1 };
  own.isOver(alone[1]);
  expect(other.isDue(together)).toBe(false);

  // The other thread is so quick that it is through as soon as it can be.
  const { store } = Atomics;
  let wasDue = false;
  vi.spyOn(Atomics, 'store').mockImplementation(((words: Int32Array, index: number, value: number) => {
    const result = store(words, index, value);
    if (!wasDue && other.isDue(together)) {
      wasDue = true;
      other.isOver(together);
    }
    return result;
  }) as typeof store);
  own.isOver(alone[0]);

  expect(wasDue).toBe(true);
  expect(own.isDue({ row: 0, column: 1, rowTurn: 2, columnTurn: 2 })).toBe(true);
});
