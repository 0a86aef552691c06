import { describe, expect, test } from 'vitest';
import { thingsOf, viewsOf } from '../../src/data/inputs.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { createCpuEngine } from '../../src/engine/cpu/cpu-engine.ts';
import { createReferenceEngine } from '../../src/engine/reference/reference-engine.ts';
import { HostSimulation } from '../../src/simulation/host-simulation.ts';
import type { Hyperparameters, Start } from '../../src/simulation/settings.ts';

const cpu = await createCpuEngine();
const reference = await createReferenceEngine();

const defaults: Hyperparameters = {
  loss: { kind: 'nt-xent' },
  batchPairs: Infinity,
  geometry: 'sphere',
  optimizer: 'adam',
  learningRate: 0.01,
  augmentation: { noise: 0.3, axes: 8 },
};

const perceptron: Start['encoder'] = { inputs: 8, layers: 1, width: 32, activation: 'relu' };

function startOf(dataset: Partial<Dataset>, dimension: number, encoder?: Start['encoder']): Start {
  return { seed: 1, dimension, dataset: { kind: 'instances', points: 64, classes: 1, ...dataset }, encoder };
}

async function train(start: Start, hyperparameters: Hyperparameters, steps: number, engine = cpu) {
  const simulation = new HostSimulation(engine, start, hyperparameters);
  for (let step = 0; step < steps; step++) await simulation.step();
  return simulation.snapshot();
}

/** Mean and least cosine between views of different things, of unit vectors. */
function cosines(embeddings: Float32Array, dimension: number): { mean: number; least: number } {
  const points = embeddings.length / dimension;
  let [sum, count, least] = [0, 0, 1];
  for (let i = 0; i < points; i++) {
    for (let j = 0; j < i; j++) {
      if (i >> 1 === j >> 1) continue;
      let cosine = 0;
      for (let k = 0; k < dimension; k++)
        cosine += embeddings[i * dimension + k] * embeddings[j * dimension + k];
      sum += cosine;
      count++;
      least = Math.min(least, cosine);
    }
  }
  return { mean: sum / count, least };
}

describe('what the encoder sees', () => {
  const dataset: Dataset = { kind: 'instances', points: 4000, classes: 4 };
  const things = thingsOf(dataset, 6, 1);
  const all = Array.from({ length: dataset.points }, (_, point) => point);

  test('two views of a thing differ by noise of the given size on the given axes, anew at every step', () => {
    const views = viewsOf(things, 6, all, { noise: 0.5, axes: 2 }, 1, 3);
    for (let axis = 0; axis < 6; axis++) {
      const added = all.map((point) => views[6 * point + axis] - things[6 * point + axis]);
      const mean = added.reduce((sum, value) => sum + value, 0) / added.length;
      const deviation = Math.sqrt(added.reduce((sum, value) => sum + value * value, 0) / added.length);
      expect(Math.abs(mean)).toBeLessThan(0.03);
      expect(Math.abs(deviation - (axis < 2 ? 0.5 : 0))).toBeLessThan(0.02);
    }
    expect(things[0]).toBe(things[6]);
    expect(views[0]).not.toBe(views[6]);
    expect(viewsOf(things, 6, [0], { noise: 0.5, axes: 2 }, 1, 4)[0]).not.toBe(views[0]);
    expect(viewsOf(things, 6, [0], { noise: 0.5, axes: 2 }, 1, 3)[0]).toBe(views[0]);
  });

  test('things lie in clusters of a deviation of about 1, those of one class nearer each other', () => {
    const deviation = Math.sqrt(things.reduce((sum, value) => sum + value * value, 0) / things.length);
    expect(deviation).toBeGreaterThan(0.7);
    expect(deviation).toBeLessThan(1.3);
    const distance = (a: number, b: number) =>
      things
        .subarray(6 * a, 6 * a + 6)
        .reduce((sum, value, axis) => sum + (value - things[6 * b + axis]) ** 2, 0);
    const mean = (offset: number) =>
      all.slice(0, 1000).reduce((sum, thing) => sum + distance(2 * thing, 2 * (thing + offset)), 0) / 1000;
    expect(mean(4)).toBeLessThan(0.8 * mean(1));
  });
});

describe('a run with an encoder', () => {
  const start = startOf({ points: 30, classes: 3 }, 3, perceptron);
  const settings = { ...defaults, batchPairs: 7 };

  test('is the same for the same seed, and after a hand-over, bit for bit', async () => {
    const whole = await train(start, settings, 12, reference);
    expect(await train(start, settings, 12, reference)).toEqual(whole);
    const half = await train(start, settings, 5, reference);
    const resumed = new HostSimulation(reference, start, settings, half);
    for (let step = 0; step < 7; step++) await resumed.step();
    expect(resumed.snapshot()).toEqual(whole);
    expect(await train({ ...start, seed: 2 }, settings, 12, reference)).not.toEqual(whole);
  });

  test('goes on from the cpu to the reference, which see it alike', async () => {
    const half = await train(start, settings, 5, cpu);
    const there = new HostSimulation(reference, start, settings, structuredClone(half)).snapshot();
    half.embeddings.forEach((value, at) => expect(Math.abs(value - there.embeddings[at])).toBeLessThan(1e-5));
  });

  test('shows embeddings on the sphere, or as they come in the plane, at once', async () => {
    const simulation = new HostSimulation(cpu, start, settings);
    const lengths = () => {
      const { embeddings } = simulation.snapshot();
      return Array.from({ length: 30 }, (_, point) =>
        Math.hypot(...embeddings.subarray(3 * point, 3 * point + 3)),
      );
    };
    for (const length of lengths()) expect(length).toBeCloseTo(1, 5);
    simulation.configure({ ...settings, geometry: 'plane' });
    expect(Math.max(...lengths()) - Math.min(...lengths())).toBeGreaterThan(0.5);
  });

  test('leaves points where the encoder puts them: none can be placed by hand', () => {
    const simulation = new HostSimulation(cpu, start, settings);
    const before = simulation.snapshot();
    simulation.place(3, 1, 0, 0);
    expect(simulation.snapshot()).toEqual(before);
  });

  test('refuses noise that makes no sense', () => {
    for (const augmentation of [
      { noise: -1, axes: 1 },
      { noise: NaN, axes: 1 },
      { noise: 1, axes: 0.5 },
    ]) {
      expect(() => new HostSimulation(cpu, start, { ...settings, augmentation })).toThrow('augmentation');
    }
  });
});

describe('without negatives', () => {
  const negativesOff: Hyperparameters = { ...defaults, loss: { kind: 'nt-xent', negatives: false } };

  test('a shared encoder collapses fully; free points of the same pairs only pair up', async () => {
    const shared = await train(startOf({}, 3, perceptron), negativesOff, 300);
    expect(cosines(shared.embeddings, 3).least).toBeGreaterThan(0.98);
    const free = await train(startOf({}, 3), negativesOff, 300);
    expect(Math.abs(cosines(free.embeddings, 3).mean)).toBeLessThan(0.1);
    for (let point = 0; point < 64; point += 2) {
      const [a, b] = [free.embeddings.subarray(3 * point), free.embeddings.subarray(3 * point + 3)];
      expect(a[0] * b[0] + a[1] * b[1] + a[2] * b[2]).toBeGreaterThan(0.999);
    }
    // What keeps it from collapsing are the negatives.
    const spread = await train(startOf({}, 3, perceptron), defaults, 300);
    expect(cosines(spread.embeddings, 3).mean).toBeLessThan(0.1);
  });
});
