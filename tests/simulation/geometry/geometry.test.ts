import { describe, expect, test } from 'vitest';
import { normals } from '../../../src/data/random.ts';
import { createCpuEngine } from '../../../src/engine/cpu/cpu-engine.ts';
import { createReferenceEngine } from '../../../src/engine/reference/reference-engine.ts';
import { centroidCosines, meanOffDiagonal } from '../../../src/simulation/geometry/centroids.ts';
import { observe } from '../../../src/simulation/geometry/cloud.ts';
import { gradientSignalToNoise } from '../../../src/simulation/geometry/gradient-noise.ts';
import { histogram } from '../../../src/simulation/geometry/histogram.ts';
import { measureGeometry } from '../../../src/simulation/geometry/measure.ts';
import { nearest, neighbourAccuracy, occurrenceSkew } from '../../../src/simulation/geometry/nearest.ts';
import { softmaxEntropies } from '../../../src/simulation/geometry/softmax-entropy.ts';
import { effectiveRank, singularValues } from '../../../src/simulation/geometry/spectrum.ts';
import type { Hyperparameters, Start } from '../../../src/simulation/settings.ts';

const engines = [createReferenceEngine(), await createCpuEngine()];

describe('singular values and effective rank', () => {
  test('of a box: its half edges, whatever way it is turned and wherever it stands', () => {
    const edges = [3, 2, 0.5];
    const [cosine, sine] = [Math.cos(0.7), Math.sin(0.7)];
    const corners = Array.from({ length: 8 }, (_, corner) => {
      const [x, y, z] = edges.map((edge, axis) => ((corner >> axis) & 1 ? edge : -edge));
      return [cosine * x - sine * y + 5, sine * x + cosine * y, z - 2];
    });
    const values = singularValues(corners.flat(), 3);
    [3, 2, 0.5].forEach((edge, axis) => expect(values[axis]).toBeCloseTo(edge, 12));
  });

  test('the squares add up to the total variance, in many dimensions', () => {
    const dimension = 40;
    const points = normals(200 * dimension, 1, 1);
    const values = singularValues(points, dimension);
    let variance = 0;
    for (let axis = 0; axis < dimension; axis++) {
      const column = Array.from({ length: 200 }, (_, point) => points[point * dimension + axis]);
      const mean = column.reduce((sum, value) => sum + value, 0) / 200;
      variance += column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 200;
    }
    expect(values.reduce((sum, value) => sum + value ** 2, 0)).toBeCloseTo(variance, 9);
    expect([...values]).toEqual([...values].toSorted((a, b) => b - a));
  });

  test('effective rank: equal values count all, one alone is 1, shares 1/2, 1/4, 1/4 are 2 sqrt 2', () => {
    expect(effectiveRank(Float64Array.of(2, 2, 2, 2))).toBeCloseTo(4, 12);
    expect(effectiveRank(Float64Array.of(7, 0, 0))).toBe(1);
    expect(effectiveRank(Float64Array.of(2, 1, 1))).toBeCloseTo(2 * Math.SQRT2, 12);
    expect(effectiveRank(singularValues(new Float32Array(30).fill(0.3), 3))).toBe(0);
  });
});

test('centroid cosines: the corners of a tetrahedron, two points each, have -1/3', () => {
  const corners = [
    [1, 1, 1],
    [1, -1, -1],
    [-1, 1, -1],
    [-1, -1, 1],
  ];
  const embeddings = Float32Array.from([...corners, ...corners].flat());
  const labels = [0, 1, 2, 3, 0, 1, 2, 3];
  const cosines = centroidCosines(embeddings, 3, labels, 4);
  cosines.forEach((value, index) => expect(value).toBeCloseTo(index % 5 === 0 ? 1 : -1 / 3, 7));
  expect(meanOffDiagonal(cosines)).toBeCloseTo(-1 / 3, 7);
});

/** Points on a line; nearer is more similar. */
const line = (places: number[]) =>
  Float32Array.from(places.flatMap((a) => places.map((b) => -Math.abs(a - b))));

describe('nearest neighbours', () => {
  test('nearest first, never oneself', () => {
    const neighbours = nearest(line([0, 1, 3, 7]), 4, 3);
    expect([...neighbours]).toEqual([1, 2, 3, 0, 2, 3, 1, 0, 3, 2, 1, 0]);
  });

  test('accuracy: two groups and a stray among the others', () => {
    const neighbours = nearest(line([0, 1, 2, 50, 51, 52, 3.5]), 7, 3);
    expect(neighbourAccuracy(neighbours, 3, [0, 0, 0, 1, 1, 1, 1])).toBeCloseTo(6 / 7, 12);
    expect(neighbourAccuracy(neighbours, 3, [0, 0, 0, 1, 1, 1, 0])).toBe(1);
  });

  test('skew: everyone as often is 0; a star is skewed as its occurrences are', () => {
    expect(occurrenceSkew(nearest(line([0, 1, 10, 11]), 4, 1), 1)).toBe(0);
    const neighbours = Uint32Array.of(1, 0, 0, 0, 0, 0);
    const occurrences = [5, 1, 0, 0, 0, 0];
    const moment = (power: number) => occurrences.reduce((sum, o) => sum + (o - 1) ** power, 0) / 6;
    expect(occurrenceSkew(neighbours, 1)).toBeCloseTo(moment(3) / moment(2) ** 1.5, 12);
  });
});

test('histogram: shares add up to 1, ends are kept, the mean is of the values themselves', () => {
  const { shares, mean, count } = histogram([-1, -0.999, 0, 0.5, 1, 1.0000001], 4);
  expect(shares).toEqual([2 / 6, 0, 1 / 6, 3 / 6]);
  expect(mean).toBeCloseTo(0.501 / 6 + 1e-7 / 6, 9);
  expect(count).toBe(6);
});

describe.each(engines.map((engine) => ({ engine, name: engine.backend })))(
  'on the $name engine',
  ({ engine }) => {
    test('softmax entropy: equal candidates have ln of their number, others are left out', async () => {
      const similarity = Float32Array.of(9, 0.25, 0.25, 0.25, 0.25, 9, 0.25, 0.25);
      const entropies = await softmaxEntropies(
        engine,
        similarity,
        { rows: 2, columns: 4 },
        0.05,
        (row, column) => row !== column,
      );
      for (const entropy of entropies) expect(entropy).toBeCloseTo(Math.log(3), 5);
    });

    test('softmax entropy: two candidates, of which one is favoured by e^2', async () => {
      const [entropy] = await softmaxEntropies(
        engine,
        Float32Array.of(1, 0.5, 0.3),
        { rows: 1, columns: 3 },
        0.1,
        (_row, column) => column > 0,
      );
      const share = 1 / (1 + Math.exp(-2));
      const expected = -share * Math.log(share) - (1 - share) * Math.log(1 - share);
      expect(entropy).toBeCloseTo(expected, 5);
    });

    test('signal to noise: pairs that pull alike and never meet have sqrt(B / (P - B))', async () => {
      // Every pair at right angles: with the negatives off all pull with the same strength.
      const dataset = { kind: 'instances', points: 32, classes: 1 } as const;
      const embeddings = Float32Array.from({ length: 64 }, (_, index) =>
        [1, 0, 0, 1][index % 4] === 1 ? 1 : 0,
      );
      const spec = { kind: 'nt-xent', negatives: false } as const;
      const at = { dataset, dimension: 2, seed: 3, step: 0 };
      for (const pairs of [1, 4, 12]) {
        const ratio = await gradientSignalToNoise(engine, spec, at, embeddings, pairs);
        expect(ratio).toBeCloseTo(Math.sqrt(pairs / (16 - pairs)), 5);
      }
      expect(await gradientSignalToNoise(engine, spec, at, embeddings, 16)).toBe(Infinity);
    });

    test('all of it, for a small run of each kind', async () => {
      const hyperparameters: Hyperparameters = {
        loss: { kind: 'sup-con', temperature: 0.5 },
        batchPairs: 8,
        geometry: 'sphere',
        optimizer: 'sgd',
        learningRate: 1,
      };
      for (const kind of ['instances', 'classes', 'ring'] as const) {
        const start: Start = { seed: 1, dimension: 5, dataset: { kind, points: 1200, classes: 6 } };
        const state = { step: 0, embeddings: normals(1200 * 5, 1, 2) };
        const cloud = observe(start, hyperparameters, state);
        expect(cloud.start.dataset.points).toBe(512);
        const geometry = await measureGeometry(engine, cloud);
        expect(geometry.effectiveRank).toBeGreaterThan(4.9);
        expect(geometry.positives.count + geometry.negatives.count).toBe((512 * 511) / 2);
        expect(geometry.hubness).toBeLessThan(1);
        expect(geometry.signalToNoise).toBeGreaterThan(0);
        expect(geometry.softmax!.effectiveNegatives).toBeLessThan(geometry.softmax!.negatives);
        expect(geometry.neighbourAccuracy === undefined).toBe(kind === 'ring');
        expect(geometry.centroidCosines?.length).toBe(kind === 'classes' ? 36 : undefined);
      }
    });
  },
);
