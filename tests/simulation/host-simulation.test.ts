import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import type { Batch, Engine, EvaluateOptions, Evaluation } from '../../src/engine/engine.ts';
import { createReferenceEngine } from '../../src/engine/reference/reference-engine.ts';
import { HostSimulation } from '../../src/simulation/host-simulation.ts';
import type { Hyperparameters, RunState, Start } from '../../src/simulation/settings.ts';

const reference = await createReferenceEngine();

function startOf(dataset: Partial<Dataset>, dimension = 3): Start {
  return { seed: 7, dimension, dataset: { kind: 'instances', points: 16, classes: 4, ...dataset } };
}

const defaults: Hyperparameters = {
  loss: { kind: 'nt-xent' },
  batchPairs: 3,
  geometry: 'sphere',
  optimizer: 'adam',
  learningRate: 0.05,
};

async function run(simulation: HostSimulation, steps: number): Promise<RunState> {
  for (let step = 0; step < steps; step++) await simulation.step();
  return simulation.snapshot();
}

/** Remembers the batches it was given; the gradient of a vector is the vector itself. */
class EchoEngine implements Engine {
  readonly backend = 'reference';
  readonly description = 'echo';
  readonly batches: Batch[] = [];
  private gate = Promise.resolve();

  /** Evaluations wait until the function that is returned is called. */
  hold(): () => void {
    const held = new EventTarget();
    this.gate = new Promise((resolve) => held.addEventListener('release', () => resolve()));
    return () => held.dispatchEvent(new Event('release'));
  }

  async evaluate(_loss: unknown, batch: Batch, { signal }: EvaluateOptions = {}): Promise<Evaluation> {
    this.batches.push(batch);
    await this.gate;
    signal?.throwIfAborted();
    const gradient =
      'embeddings' in batch
        ? { embeddings: batch.embeddings.slice() }
        : { queries: batch.queries.slice(), keys: batch.keys.slice() };
    return { loss: 1, count: 1, gradient };
  }

  similarity(): Promise<Float32Array> {
    throw new Error('not part of a step');
  }

  softmax(): Promise<Float32Array> {
    throw new Error('not part of a step');
  }

  dispose(): void {}
}

describe('the same start is the same run, bit for bit', () => {
  const cases: [string, Start, Hyperparameters][] = [
    ['pairs, adam, mini-batches', startOf({}), defaults],
    ['classes, momentum', startOf({ kind: 'classes' }, 5), { ...defaults, optimizer: 'momentum' }],
    [
      'ring, two towers, on the plane',
      startOf({ kind: 'ring', points: 17 }, 2),
      { ...defaults, loss: { kind: 'info-nce' }, geometry: 'plane', optimizer: 'sgd' },
    ],
  ];

  test.each(cases)('%s', async (_, start, hyperparameters) => {
    const once = await run(new HostSimulation(reference, start, hyperparameters), 20);
    const again = await run(new HostSimulation(reference, start, hyperparameters), 20);
    expect(again).toEqual(once);
    const other = await run(new HostSimulation(reference, { ...start, seed: 8 }, hyperparameters), 20);
    expect(other.embeddings).not.toEqual(once.embeddings);
  });

  test.each(cases)('%s: a snapshot goes on as if nothing had been', async (_, start, hyperparameters) => {
    const whole = await run(new HostSimulation(reference, start, hyperparameters), 20);
    const half = await run(new HostSimulation(reference, start, hyperparameters), 9);
    const resumed = await run(new HostSimulation(reference, start, hyperparameters, half), 11);
    expect(resumed).toEqual(whole);
    expect(resumed.step).toBe(20);
  });
});

describe('one step', () => {
  test('a labelled loss gets one set with its labels, and only the batch is moved', async () => {
    const engine = new EchoEngine();
    const plain: Hyperparameters = { ...defaults, geometry: 'plane', optimizer: 'sgd', learningRate: 1 };
    const simulation = new HostSimulation(engine, startOf({ kind: 'classes' }), plain);
    const before = simulation.snapshot().embeddings;
    const after = await run(simulation, 1);
    const [batch] = engine.batches;
    if (!('embeddings' in batch)) throw new Error('expected a labelled batch');
    expect(batch.labels).toHaveLength(6);
    const moved = new Set<number>();
    for (let point = 0; point < 16; point++) {
      const range = [3 * point, 3 * point + 3] as const;
      const isStill = after.embeddings
        .subarray(...range)
        .every((value, axis) => value === before[range[0] + axis]);
      if (isStill) continue;
      moved.add(point);
      // The gradient was the point itself and the rate 1: it is at the origin, if the gradient reached its own point.
      expect([...after.embeddings.subarray(...range)]).toEqual([0, 0, 0]);
    }
    expect(moved.size).toBe(6);
  });

  test('a paired loss gets first views as queries and second views as keys', async () => {
    const engine = new EchoEngine();
    const simulation = new HostSimulation(engine, startOf({}), {
      ...defaults,
      loss: { kind: 'clip' },
      batchPairs: 100,
      geometry: 'plane',
      optimizer: 'sgd',
      learningRate: 1,
    });
    const { embeddings } = simulation.snapshot();
    const after = await run(simulation, 1);
    const [batch] = engine.batches;
    if (!('queries' in batch)) throw new Error('expected a paired batch');
    // Full batch of 8 pairs in their own order: points 0, 2, 4 ... against 1, 3, 5 ...
    for (let pair = 0; pair < 8; pair++) {
      const query = embeddings.subarray(6 * pair, 6 * pair + 3);
      const key = embeddings.subarray(6 * pair + 3, 6 * pair + 6);
      expect(batch.queries.subarray(3 * pair, 3 * pair + 3)).toEqual(query);
      expect(batch.keys.subarray(3 * pair, 3 * pair + 3)).toEqual(key);
    }
    expect(after.embeddings.every((value) => value === 0)).toBe(true);
  });

  test('every step draws a mini-batch of its own', async () => {
    const engine = new EchoEngine();
    await run(new HostSimulation(engine, startOf({}), defaults), 2);
    const [first, second] = engine.batches.map((batch) => ('labels' in batch ? batch.labels : undefined));
    expect(second).not.toEqual(first);
  });

  test('statistics: none before the first step, then those of the step and the metrics', async () => {
    const simulation = new HostSimulation(new EchoEngine(), startOf({}), defaults);
    simulation.measure();
    expect(simulation.statistics).toBeUndefined();
    await simulation.step();
    simulation.measure();
    expect(simulation.statistics).toMatchObject({ step: 1, loss: 1, count: 1 });
    // Gradients of length 1, for points on the sphere.
    expect(simulation.statistics?.gradientNorm).toBeCloseTo(1, 6);
    expect(simulation.statistics?.radius).toBeCloseTo(1, 6);
  });

  test('without a single pair there is nothing to learn from, and the run goes on', async () => {
    const engine = new EchoEngine();
    const start = startOf({ kind: 'classes', points: 4, classes: 4 });
    const simulation = new HostSimulation(engine, start, defaults);
    await simulation.step();
    simulation.measure();
    expect(engine.batches).toHaveLength(0);
    expect(simulation.statistics).toMatchObject({
      step: 1,
      loss: 0,
      count: 0,
      gradientNorm: 0,
      alignment: 0,
    });
  });

  test('aborted, it rejects with the reason and changes nothing', async () => {
    const engine = new EchoEngine();
    const simulation = new HostSimulation(engine, startOf({}), defaults);
    await simulation.step();
    const before = simulation.snapshot();
    const release = engine.hold();
    const controller = new AbortController();
    const step = simulation.step(controller.signal);
    controller.abort(new Error('reset'));
    release();
    await expect(step).rejects.toThrow('reset');
    expect(simulation.snapshot()).toEqual(before);
  });
});

describe('while a run goes on', () => {
  test('hyperparameters given in the middle of a step wait for the next', async () => {
    const engine = new EchoEngine();
    const simulation = new HostSimulation(engine, startOf({}), defaults);
    const release = engine.hold();
    const step = simulation.step();
    simulation.configure({ ...defaults, batchPairs: 5, optimizer: 'sgd' });
    release();
    await step;
    const undisturbed = new HostSimulation(new EchoEngine(), startOf({}), defaults);
    expect(simulation.snapshot().embeddings).toEqual((await run(undisturbed, 1)).embeddings);
    await simulation.step();
    expect(engine.batches.map((batch) => ('labels' in batch ? batch.labels.length : 0))).toEqual([6, 10]);
  });

  test('another optimizer begins with moments of zero, another learning rate keeps them', async () => {
    const simulation = new HostSimulation(reference, startOf({}), defaults);
    const before = await run(simulation, 5);
    expect(before.optimizerSteps).toBe(5);
    simulation.configure({ ...defaults, learningRate: 0.01 });
    expect(simulation.snapshot()).toEqual(before);
    simulation.configure({ ...defaults, optimizer: 'momentum' });
    const after = simulation.snapshot();
    expect(after.optimizerSteps).toBe(0);
    expect(after.firstMoments.every((value) => value === 0)).toBe(true);
    expect((await run(simulation, 1)).optimizerSteps).toBe(1);
  });

  test('from the plane to the sphere, every point is on the sphere after one step', async () => {
    const plane: Hyperparameters = { ...defaults, geometry: 'plane' };
    const simulation = new HostSimulation(reference, startOf({}), plane);
    await run(simulation, 3);
    simulation.measure();
    expect(simulation.statistics?.radius).not.toBeCloseTo(1, 3);
    simulation.configure(defaults);
    const { embeddings } = await run(simulation, 1);
    for (let point = 0; point < 16; point++) {
      expect(Math.hypot(...embeddings.subarray(3 * point, 3 * point + 3))).toBeCloseTo(1, 6);
    }
  });

  test('a placed point is where it was put, at rest; on the sphere, in that direction', async () => {
    const simulation = new HostSimulation(reference, startOf({}), defaults);
    await run(simulation, 3);
    simulation.place(2, 0, 3, 4);
    const state = simulation.snapshot();
    expect([...state.embeddings.subarray(6, 9)]).toEqual([...Float32Array.of(0, 0.6, 0.8)]);
    expect([...state.firstMoments.subarray(6, 9)]).toEqual([0, 0, 0]);
    simulation.place(2, 0, 0, 0);
    expect(simulation.snapshot()).toEqual(state);
    simulation.configure({ ...defaults, geometry: 'plane' });
    simulation.place(2, 0, 3, 4);
    expect([...simulation.snapshot().embeddings.subarray(6, 9)]).toEqual([0, 3, 4]);
  });
});

describe('the start', () => {
  test('lies on the sphere, or in a blob within the unit circle', () => {
    const sphere = new HostSimulation(reference, startOf({ points: 400 }), defaults).snapshot();
    const plane = new HostSimulation(reference, startOf({ points: 400 }, 2), {
      ...defaults,
      geometry: 'plane',
    }).snapshot();
    let inside = 0;
    for (let point = 0; point < 400; point++) {
      expect(Math.hypot(...sphere.embeddings.subarray(3 * point, 3 * point + 3))).toBeCloseTo(1, 6);
      if (Math.hypot(...plane.embeddings.subarray(2 * point, 2 * point + 2)) < 1) inside++;
    }
    expect(inside).toBeGreaterThan(390);
  });
});

test.each([
  { batchPairs: NaN },
  { batchPairs: 0 },
  { batchPairs: 2.5 },
  { learningRate: NaN },
  { learningRate: Infinity },
  { learningRate: -1 },
  { loss: { kind: 'nt-xent', temperature: 0 } } as const,
])('refuses %o, at the start and later', async (bad) => {
  const start = startOf({});
  expect(() => new HostSimulation(reference, start, { ...defaults, ...bad })).toThrow('expected a');
  const simulation = new HostSimulation(reference, start, defaults);
  expect(() => simulation.configure({ ...defaults, ...bad })).toThrow('expected a');
  await simulation.step();
  expect(simulation.stepsTaken).toBe(1);
});

test('a loss that needs negatives rests where a batch happens to have none, and a data set of one class is refused', async () => {
  const settings: Hyperparameters = { ...defaults, loss: { kind: 'decoupled' }, batchPairs: 2 };
  const simulation = new HostSimulation(reference, startOf({ kind: 'classes', classes: 2 }), settings);
  const counts = new Set<number>();
  for (let step = 0; step < 20; step++) {
    await simulation.step();
    simulation.measure();
    counts.add(simulation.statistics!.count);
  }
  expect(counts).toEqual(new Set([0, 4]));
  const alone = new HostSimulation(reference, startOf({ kind: 'classes', classes: 1 }), settings);
  await expect(alone.step()).rejects.toThrow('needs negatives');
});
