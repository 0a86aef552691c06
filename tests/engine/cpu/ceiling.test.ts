import { expect, test } from 'vitest';
import { measureCeiling } from '../../../src/engine/cpu/wasm/ceiling.ts';

test('the ceiling is what a processor can do, and no number that an optimizer made up', async () => {
  const flops = await measureCeiling(200);
  expect(flops).toBeGreaterThan(1e8);
  expect(flops).toBeLessThan(1e12);
});
