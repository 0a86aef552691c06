import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { createEngine } from '../../src/index.ts';
import { runGroup } from './case.ts';
import { lossGroups } from './groups/losses.ts';
import { expectNoFailures } from './report.ts';
import { suite } from './suite.ts';

for (const backend of ['reference', 'cpu'] as const) {
  // The reference would only be compared with itself; tests of its own hold it against central differences.
  const groups = backend === 'reference' ? suite.filter((group) => !lossGroups.includes(group)) : suite;

  describe(`Node: ${backend}`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await createEngine({ backend });
    });
    afterAll(() => engine?.dispose());

    // Without SIMD the CPU engine is the reference, and everything below would compare it with itself.
    if (backend === 'cpu') test('runs as WASM SIMD', () => expect(engine.description).toMatch(/^WASM SIMD/));

    for (const group of groups) {
      test(group.name, { timeout: 300_000 }, async () => expectNoFailures(await runGroup(group, engine)));
    }
  });
}
