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

/** The columns of a row-major array. */
function columnsOf(vectors: Float32Array, dimension: number): number[][] {
  return Array.from({ length: dimension }, (_, feature) =>
    Array.from(vectors.filter((_component, at) => at % dimension === feature)),
  );
}

/** torch's var: divided by N - 1, or by N where biased. */
function covariance(a: number[], b: number[], divisor: number): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  return a.reduce((sum, value, row) => sum + (value - meanA) * (b[row] - meanB), 0) / divisor;
}

/** vicreg_loss.py of lightly, line by line. */
function publishedVicReg(a: Float32Array, b: Float32Array, dimension: number): number {
  const count = a.length / dimension;
  const invariance = mean(Array.from(a, (value, at) => (value - b[at]) ** 2));
  const spread = (columns: number[][]) =>
    mean(columns.map((column) => Math.max(0, 1 - Math.sqrt(covariance(column, column, count - 1) + 1e-4))));
  const redundancy = (columns: number[][]) => {
    let sum = 0;
    for (const [j, left] of columns.entries()) {
      for (const [k, right] of columns.entries()) {
        if (j !== k) sum += covariance(left, right, count - 1) ** 2;
      }
    }
    return sum / dimension;
  };
  const [left, right] = [columnsOf(a, dimension), columnsOf(b, dimension)];
  const variance = 0.5 * (spread(left) + spread(right));
  return 25 * invariance + 25 * variance + redundancy(left) + redundancy(right);
}

/** main.py of facebookresearch/barlowtwins: batch normalization without weights, c / N. */
function publishedBarlowTwins(a: Float32Array, b: Float32Array, dimension: number): number {
  const [left, right] = [a, b].map((vectors) =>
    columnsOf(vectors, dimension).map((column) => {
      const centre = mean(column);
      const deviation = Math.sqrt(mean(column.map((value) => (value - centre) ** 2)) + 1e-5);
      return column.map((value) => (value - centre) / deviation);
    }),
  );
  let onDiagonal = 0;
  let offDiagonal = 0;
  for (let j = 0; j < dimension; j++) {
    for (let k = 0; k < dimension; k++) {
      const correlation = mean(left[j].map((value, row) => value * right[k][row]));
      if (j === k) onDiagonal += (correlation - 1) ** 2;
      else offDiagonal += correlation ** 2;
    }
  }
  return onDiagonal + 5e-3 * offDiagonal;
}

describe('VICReg', () => {
  const spec = { kind: 'vicreg', normalize: false } as const;

  test.each([
    [2, 1],
    [7, 4],
    [40, 9],
  ])('the published code, %d pairs in %d dimensions', async (count, dimension) => {
    for (const length of [0.3, 3]) {
      const [queries, keys] = [1, 2].map((stream) =>
        gaussian(count, dimension, stream).map((component) => length * component),
      );
      const { loss } = await evaluate(spec, { dimension, queries, keys });
      const expected = publishedVicReg(queries, keys, dimension);
      expect(Math.abs(loss - expected)).toBeLessThan(1e-9 * expected);
    }
  });

  test('by hand: two features that are the same', async () => {
    // 0, 4, 0, 4: covariances of 16 / 3, no hinge, no distance; per tower c = (C_01^2 + C_10^2) / 2.
    const views = Float32Array.of(0, 0, 4, 4, 0, 0, 4, 4);
    const { loss, gradient } = await evaluate(spec, { dimension: 2, queries: views, keys: views });
    expect(loss).toBeCloseTo(2 * (16 / 3) ** 2, 6);
    // dc/dx = 2 C_01 y / 3 at y = -2.
    expect(gradient.queries[0]).toBeCloseTo((2 * (16 / 3) * -2) / 3, 5);
  });

  test('each weight switches its own term off', async () => {
    const batch = { dimension: 3, queries: gaussian(9, 3, 1), keys: gaussian(9, 3, 2) };
    const parts = { invarianceLambda: 0, varianceMu: 0, covarianceNu: 0 };
    const whole = await evaluate(spec, batch);
    let sum = 0;
    for (const [name, value] of [
      ['invarianceLambda', 25],
      ['varianceMu', 25],
      ['covarianceNu', 1],
    ] as const) {
      sum += (await evaluate({ ...spec, ...parts, [name]: value }, batch)).loss;
    }
    expect(sum).toBeCloseTo(whole.loss, 10);
    expect((await evaluate({ ...spec, ...parts }, batch)).loss).toBe(0);
  });

  test('one pair has no variance: mu (1 - sqrt(1e-4)) and the distance', async () => {
    const batch = { dimension: 2, queries: Float32Array.of(1, 2), keys: Float32Array.of(2, 4) };
    const { loss, count } = await evaluate(spec, batch);
    expect(loss).toBeCloseTo(25 * 0.99 + 25 * 2.5, 10);
    expect(count).toBe(1);
  });
});

describe('Barlow Twins', () => {
  const spec = { kind: 'barlow-twins', normalize: false } as const;

  test.each([
    [2, 1],
    [7, 4],
    [40, 9],
  ])('the published code, %d pairs in %d dimensions', async (count, dimension) => {
    const [queries, keys] = [1, 2].map((stream) => gaussian(count, dimension, stream));
    const { loss } = await evaluate(spec, { dimension, queries, keys });
    const expected = publishedBarlowTwins(queries, keys, dimension);
    expect(Math.abs(loss - expected)).toBeLessThan(1e-9 * expected);
  });

  test('views that agree in independent features cost nothing', async () => {
    const views = Float32Array.of(1, 1, 1, -1, -1, 1, -1, -1);
    const { loss } = await evaluate(spec, { dimension: 2, queries: views, keys: views });
    expect(loss).toBeLessThan(1e-9);
    const opposite = views.map((component) => -component);
    const far = await evaluate(spec, { dimension: 2, queries: views, keys: opposite });
    expect(far.loss).toBeCloseTo(2 * 4, 3);
  });

  test('shifting and stretching a feature changes nothing', async () => {
    const batch = { dimension: 3, queries: gaussian(9, 3, 1), keys: gaussian(9, 3, 2) };
    const moved = batch.queries.map((component, at) => (at % 3 === 1 ? 50 * component - 7 : component));
    const { loss } = await evaluate(spec, batch);
    expect((await evaluate(spec, { ...batch, queries: moved })).loss).toBeCloseTo(loss, 4);
  });

  test('one pair, or features that never change, cost one per feature', async () => {
    const one = { dimension: 4, queries: gaussian(1, 4, 1), keys: gaussian(1, 4, 2) };
    expect((await evaluate(spec, one)).loss).toBe(4);
    const still = new Float32Array(12).fill(0.5);
    const constant = await evaluate(spec, { dimension: 4, queries: still, keys: gaussian(3, 4, 2) });
    expect(constant.loss).toBe(4);
    expect(constant.gradient.queries.some((component) => component !== 0)).toBe(true);
  });
});
