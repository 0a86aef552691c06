import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/create-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import {
  ALL_PAIRS,
  estimateInformation,
  GradientField,
  mutualInformation,
  nearestSize,
  REPEATS,
  meanOf,
} from '../../src/scenes/scale/model.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ backend: 'cpu' });
});

const { signal } = new AbortController();

async function estimates(size: number, rho: number): Promise<number[]> {
  const values: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++)
    values.push(await estimateInformation(engine, size, rho, repeat, signal));
  return values;
}

describe('what a batch can prove', () => {
  it('is never above ln N, and on average about what the literature reports', async () => {
    expect(mutualInformation(0.8)).toBeCloseTo(8.173, 3);
    for (const [size, expected] of [
      [2, 0.69],
      [8, 2.07],
      [64, 4.04],
      [512, 5.78],
    ]) {
      const values = await estimates(size, 0.8);
      expect(Math.max(...values)).toBeLessThanOrEqual(Math.log(size) + 1e-5);
      expect(Math.abs(meanOf(values) - expected)).toBeLessThan(0.05);
    }
  });

  it('reaches the truth once ln N has left it behind, and is 0 for views that share nothing', async () => {
    const mean = meanOf(await estimates(512, 0.3));
    expect(Math.abs(mean - mutualInformation(0.3))).toBeLessThan(0.05);
    expect(meanOf(await estimates(64, 0))).toBeCloseTo(0, 5);
  });
});

describe('where gradients point', () => {
  it('ever closer to the gradient of all pairs as batches grow, and onto it at the end', async () => {
    const field = await GradientField.open(engine, 0.6, signal);
    const mean = async (size: number) => {
      const angles: number[] = [];
      for (let repeat = 0; repeat < 8; repeat++) angles.push(await field.angle(engine, size, repeat, signal));
      return meanOf(angles);
    };
    const [few, some, many] = [await mean(4), await mean(32), await mean(256)];
    expect(few).toBeGreaterThan(some + 5);
    expect(some).toBeGreaterThan(many + 5);
    expect(await field.angle(engine, ALL_PAIRS, 0, signal)).toBeLessThan(0.1);
  });
});

it('snaps any batch size to one that is measured', () => {
  expect([-3, 0, 2, 3, 90, 1e9].map(nearestSize)).toEqual([2, 2, 2, 4, 64, 1024]);
});
