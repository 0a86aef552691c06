import { describe, expect, test } from 'vitest';
import { normals } from '../src/data/random.ts';
import type { PairedBatch } from '../src/engine/engine.ts';
import { createReferenceEngine } from '../src/engine/reference/reference-engine.ts';
import type { LossSpec } from '../src/losses/registry.ts';

const engine = createReferenceEngine();

async function evaluate(spec: LossSpec, batch: PairedBatch) {
  const { gradient, ...rest } = await engine.evaluate(spec, batch, { gradient: true, rowLosses: true });
  return { ...rest, gradient: gradient as { queries: Float32Array; keys: Float32Array } };
}

function gaussian(count: number, dimension: number, stream: number): Float32Array {
  return normals(count * dimension, 11, stream);
}

function cosines(a: Float32Array, b: Float32Array, dimension: number): number[] {
  return Array.from({ length: a.length / dimension }, (_, row) => {
    const [x, y] = [a, b].map((vectors) => vectors.subarray(row * dimension, (row + 1) * dimension));
    const product = x.reduce((sum, value, axis) => sum + value * y[axis], 0);
    return product / Math.hypot(...x) / Math.hypot(...y);
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('SimSiam', () => {
  const dimension = 5;
  const [p1, p2, z1, z2] = [1, 2, 3, 4].map((stream) => gaussian(6, dimension, stream));

  test('both directions stacked are the symmetrized loss of the paper', async () => {
    const batch = { dimension, queries: Float32Array.of(...p1, ...p2), keys: Float32Array.of(...z2, ...z1) };
    const { loss, count } = await evaluate({ kind: 'simsiam' }, batch);
    const expected = -(mean(cosines(p1, z2, dimension)) + mean(cosines(p2, z1, dimension))) / 2;
    expect(loss).toBeCloseTo(expected, 6);
    expect(count).toBe(12);
  });

  test('a target feels nothing while the gradient is stopped; the prediction feels the same either way', async () => {
    const batch = { dimension, queries: p1, keys: z2 };
    const stopped = await evaluate({ kind: 'simsiam' }, batch);
    const flowing = await evaluate({ kind: 'simsiam', stopGradient: false }, batch);
    expect(stopped.loss).toBe(flowing.loss);
    expect(stopped.gradient.queries).toEqual(flowing.gradient.queries);
    expect(stopped.gradient.keys.every((component) => component === 0)).toBe(true);
    expect(flowing.gradient.keys.some((component) => Math.abs(component) > 0.01)).toBe(true);
  });

  test('a right angle in the plane, by hand', async () => {
    const batch = { dimension: 2, queries: Float32Array.of(2, 0), keys: Float32Array.of(0, 3) };
    const { loss, gradient } = await evaluate({ kind: 'simsiam', stopGradient: false }, batch);
    expect(loss).toBeCloseTo(0, 12);
    // -(z - (z . p) p) / |p|: towards the other, the slower the longer it is.
    expect(Array.from(gradient.queries)).toEqual([expect.closeTo(0), -0.5]);
    expect(gradient.keys[0]).toBeCloseTo(-1 / 3, 6);
  });
});
