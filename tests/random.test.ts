import { describe, expect, test } from 'vitest';
import { normals, permute, random4, unitInterval } from '../src/data/random.ts';

describe('random4', () => {
  // Computed from the published pcg4d with unbounded integers.
  test.each([
    { counter: [0, 0, 0, 0], bits: [0xf02f829, 0x2d568769, 0x32b0c43b, 0xd32548ea] },
    { counter: [1, 2, 3, 4], bits: [0x3622cd16, 0xf11471d8, 0xe1109b3f, 0x2b94c2f] },
    {
      counter: [0xffffffff, 0x80000000, 0x12345678, 7],
      bits: [0x2991d5f, 0xcfa93800, 0x8a4b43f8, 0xb00134f9],
    },
  ] as const)('has the bits of pcg4d at $counter', ({ counter: [a, b, c, d], bits }) => {
    expect(random4(a, b, c, d)).toEqual(bits);
  });

  test('changes about half of its bits with any one bit of the counter', () => {
    let changed = 0;
    let trials = 0;
    for (let counter = 0; counter < 64; counter++) {
      const before = random4(counter, 5, 6, 7);
      for (let bit = 0; bit < 32; bit++) {
        const after = random4(counter, 5 ^ (1 << bit), 6, 7);
        for (let word = 0; word < 4; word++) {
          changed += (before[word] ^ after[word]).toString(2).replaceAll(/[^1]/g, '').length;
          trials += 32;
        }
      }
    }
    expect(changed / trials).toBeGreaterThan(0.4);
    expect(changed / trials).toBeLessThan(0.6);
  });
});

test('unitInterval stays below 1 and is exact in single precision', () => {
  expect(unitInterval(0)).toBe(0);
  expect(unitInterval(0xffffffff)).toBeLessThan(1);
  expect(Math.fround(unitInterval(0xffffffff))).toBe(unitInterval(0xffffffff));
});

/** Where every index lands. */
function order(size: number, seed: number, step: number, stream: number): number[] {
  return Array.from({ length: size }, (_, index) => permute(index, size, seed, step, stream));
}

describe('permute', () => {
  test('is a bijection for every size from 1 to 300 and several steps', () => {
    for (let size = 1; size <= 300; size++) {
      for (const step of [0, 1, 1000]) {
        const landed = order(size, 7, step, 2);
        expect(new Set(landed).size, `size ${size}, step ${step}`).toBe(size);
        expect(Math.max(...landed), `size ${size}, step ${step}`).toBe(size - 1);
      }
    }
  });

  test('depends on seed, step and stream', () => {
    const base = order(64, 1, 1, 1);
    expect(order(64, 1, 1, 1)).toEqual(base);
    expect(order(64, 2, 1, 1)).not.toEqual(base);
    expect(order(64, 1, 2, 1)).not.toEqual(base);
    expect(order(64, 1, 1, 2)).not.toEqual(base);
  });

  test('puts every index everywhere equally often', () => {
    const size = 8;
    const steps = 8000;
    const landings = new Float64Array(size * size);
    for (let step = 0; step < steps; step++) {
      order(size, 3, step, 1).forEach((place, index) => landings[index * size + place]++);
    }
    const expected = steps / size;
    const chiSquared = landings.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 49 degrees of freedom: mean 49, standard deviation 10.
    expect(chiSquared).toBeLessThan(100);
  });
});

describe('normals', () => {
  test('have mean 0, variance 1, no skew and the kurtosis 3', () => {
    const count = 100_000;
    const values = normals(count, 11, 3);
    const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / count;
    expect(Math.abs(moment(1))).toBeLessThan(0.015);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.02);
    expect(Math.abs(moment(3))).toBeLessThan(0.05);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.15);
  });

  test('are the same for the same seed, finite, and of any count', () => {
    expect(normals(5, 1, 1)).toEqual(normals(6, 1, 1).subarray(0, 5));
    expect(normals(5, 1, 1)).not.toEqual(normals(5, 2, 1));
    expect(normals(0, 1, 1)).toHaveLength(0);
    expect(normals(10_000, 1, 1).every(Number.isFinite)).toBe(true);
  });
});
