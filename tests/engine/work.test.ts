import { expect, test } from 'vitest';
import { WorkCursor } from '../../src/engine/webgpu/work.ts';
import type { Work } from '../../src/engine/webgpu/work.ts';

/** An encoder that notes its passes: which tiles of which work, `label first..end`. */
function noting() {
  const passes: string[] = [];
  const encoder = {
    pushDebugGroup: () => undefined,
    popDebugGroup: () => undefined,
    beginComputePass: () => ({ end: () => undefined }),
  } as unknown as GPUCommandEncoder;
  const work = (label: string, tiles: number, tileCost: number): Work => ({
    label,
    tiles,
    tileCost,
    multiplyAdds: 0,
    bytes: 0,
    dispatch: (_, first, count) => passes.push(`${label} ${first}..${first + count}`),
  });
  return { passes, encoder, work };
}

test('a slice takes whole works while the budget lasts, and of the next what it affords, in one pass', () => {
  const { passes, encoder, work } = noting();
  const cursor = new WorkCursor([work('short', 1, 4), work('long', 6, 3), work('last', 1, 1)], 'test');
  expect(cursor.encode(encoder, 16)).toBe(16);
  expect(passes).toEqual(['short 0..1', 'long 0..4']);
  expect(cursor.encode(encoder, 5)).toBe(3);
  expect(passes.slice(2)).toEqual(['long 4..5']);
  expect(cursor.finished).toBe(false);
  expect(cursor.encode(encoder, 100)).toBe(4);
  expect(passes.slice(3)).toEqual(['long 5..6', 'last 0..1']);
  expect(cursor.finished).toBe(true);
});

test('a tile that is above the budget is taken nevertheless', () => {
  const { passes, encoder, work } = noting();
  const cursor = new WorkCursor([work('long', 2, 1000)], 'test');
  cursor.encode(encoder, 1);
  expect(passes).toEqual(['long 0..1']);
});
