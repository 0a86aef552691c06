import { describe, expect, test } from 'vitest';
import { candidates } from '../../src/engine/webgpu/pair-tuning.ts';
import { isWorthUnrolling, whyNot } from '../../src/engine/webgpu/pair-variant.ts';

/** What a choice depends on. */
function deviceWith(features: string[], subgroupMaxSize: number, description = ''): GPUDevice {
  const adapterInfo = { subgroupMaxSize, description, vendor: '', architecture: '', device: '' };
  return { features: new Set(features), adapterInfo } as unknown as GPUDevice;
}

describe('the variants of the pair skeleton that are tried', () => {
  test('on hardware are those that fill its subgroups', () => {
    const hardware = deviceWith(['subgroups'], 32);
    expect(candidates(hardware, { dimension: 64 })).toEqual(['workgroup', 'blocked']);
    expect(candidates(hardware, { dimension: 3 })).toEqual(['workgroup']);
  });

  test('on lanes that come in fours are those that exchange between them', () => {
    const software = deviceWith(['subgroups'], 4);
    expect(candidates(software, { dimension: 64 })).toEqual(['subgroup', 'unrolled']);
    expect(candidates(software, { dimension: 3 })).toEqual(['subgroup']);
    expect(candidates(software, { dimension: 130 })).toEqual(['subgroup']);
  });

  test('are written out for one dimension only where that is much work', () => {
    expect(isWorthUnrolling(2048, 2048, 64)).toBe(true);
    expect(isWorthUnrolling(2048, 2048, 3)).toBe(false);
    expect(isWorthUnrolling(64, 2 ** 20, 64)).toBe(false);
  });

  test.each([
    ['unrolled', 130, ['subgroups'], 'are for at most 128 dimensions'],
    ['unrolled', 3, ['subgroups'], 'are for more than four dimensions'],
    ['unrolled', 64, [], 'need subgroups, which this device does not have'],
    ['subgroup', 64, [], 'need subgroups, which this device does not have'],
    ['blocked', 4, [], 'are for more than four dimensions'],
    ['workgroup', 3, [], undefined],
  ] as const)('say why not: %s, dimension %i, features %j', (variant, dimension, features, why) => {
    expect(whyNot(variant, deviceWith([...features], 32), { dimension })).toBe(why);
  });
});
