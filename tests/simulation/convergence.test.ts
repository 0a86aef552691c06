import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { createReferenceEngine } from '../../src/engine/reference/reference-engine.ts';
import { HostSimulation } from '../../src/simulation/host-simulation.ts';
import type { Hyperparameters } from '../../src/simulation/settings.ts';

const reference = await createReferenceEngine();

const defaults: Hyperparameters = {
  loss: { kind: 'nt-xent', temperature: 0.5 },
  batchPairs: Infinity,
  geometry: 'sphere',
  optimizer: 'adam',
  learningRate: 0.05,
};

/** The points of a run after `steps`, with the learning rate lowered over the last third so that they come to rest. */
async function converge(
  dataset: Dataset,
  dimension: number,
  hyperparameters: Partial<Hyperparameters>,
  { steps, seed = 1 }: { steps: number; seed?: number },
): Promise<{ points: Float32Array[]; loss: number }> {
  const settings = { ...defaults, ...hyperparameters };
  const simulation = new HostSimulation(reference, { seed, dimension, dataset }, settings);
  for (let step = 0; step < steps; step++) {
    if (step === Math.round((steps * 2) / 3)) {
      simulation.configure({ ...settings, learningRate: settings.learningRate / 50 });
    }
    await simulation.step();
  }
  simulation.measure();
  const { embeddings } = simulation.snapshot();
  const points = Array.from({ length: dataset.points }, (_, point) =>
    embeddings.slice(point * dimension, (point + 1) * dimension),
  );
  return { points, loss: simulation.statistics?.loss ?? NaN };
}

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, axis) => sum + value * b[axis], 0);
}

/** How many points are left when those closer than an angle of about 4 degrees count as one. */
function clusters(points: Float32Array[]): number {
  const centres: Float32Array[] = [];
  for (const point of points) {
    if (!centres.some((centre) => cosine(centre, point) > 0.9975)) centres.push(point);
  }
  return centres.length;
}

function instances(pairs: number): Dataset {
  return { kind: 'instances', points: 2 * pairs, classes: 1 };
}

function classes(count: number, members: number): Dataset {
  return { kind: 'classes', points: count * members, classes: count };
}

describe('Platonic solids: NT-Xent spreads pairs on the sphere', () => {
  test('4 pairs become a tetrahedron', async () => {
    const { points } = await converge(instances(4), 3, {}, { steps: 600 });
    for (let first = 0; first < 8; first++) {
      for (let second = 0; second < first; second++) {
        const expected = first >> 1 === second >> 1 ? 1 : -1 / 3;
        expect(cosine(points[first], points[second])).toBeCloseTo(expected, 2);
      }
    }
  });

  test('6 pairs become an octahedron', async () => {
    const { points } = await converge(instances(6), 3, {}, { steps: 600 });
    for (let first = 0; first < 12; first += 2) {
      const cosines = Array.from({ length: 6 }, (_, pair) =>
        cosine(points[first], points[2 * pair]),
      ).toSorted((a, b) => a - b);
      const expected = [-1, 0, 0, 0, 0, 1];
      cosines.forEach((value, rank) => expect(value).toBeCloseTo(expected[rank], 2));
    }
  });
});

describe('negatives off: as many points are left as the positive graph has components', () => {
  const attraction: Partial<Hyperparameters> = { loss: { kind: 'nt-xent', negatives: false } };

  test('disjoint pairs merge pairwise, and only pairwise', async () => {
    const { points } = await converge(instances(8), 3, attraction, { steps: 400 });
    expect(clusters(points)).toBe(8);
    for (let pair = 0; pair < 8; pair++) {
      expect(cosine(points[2 * pair], points[2 * pair + 1])).toBeGreaterThan(0.999);
    }
  });

  test('one class collapses to one point', async () => {
    const { points } = await converge(classes(1, 16), 3, attraction, { steps: 400 });
    expect(clusters(points)).toBe(1);
  });

  test('two classes collapse to two points', async () => {
    const { points } = await converge(classes(2, 8), 3, attraction, { steps: 400 });
    expect(clusters(points)).toBe(2);
  });
});

test('SupCon: classes collapse to the simplex, at the loss that Graf et al. give', async () => {
  const [count, members, temperature] = [4, 4, 0.5];
  const { points, loss } = await converge(
    classes(count, members),
    3,
    { loss: { kind: 'sup-con', temperature } },
    { steps: 900 },
  );
  for (let first = 0; first < points.length; first++) {
    for (let second = 0; second < first; second++) {
      const expected = first % count === second % count ? 1 : -1 / (count - 1);
      expect(cosine(points[first], points[second])).toBeCloseTo(expected, 2);
    }
  }
  const floor = Math.log(
    members - 1 + members * (count - 1) * Math.exp(-count / ((count - 1) * temperature)),
  );
  expect(loss).toBeCloseTo(floor, 3);
});
