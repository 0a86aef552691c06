import { describe, expect, test } from 'vitest';
import type { Dataset } from '../src/data/dataset.ts';
import { pairCount, sample } from '../src/data/dataset.ts';

const datasets: Dataset[] = [
  { kind: 'instances', points: 2, classes: 1 },
  { kind: 'instances', points: 100, classes: 1 },
  { kind: 'instances', points: 101, classes: 1 },
  { kind: 'ring', points: 2, classes: 1 },
  { kind: 'ring', points: 64, classes: 1 },
  { kind: 'ring', points: 65, classes: 1 },
  { kind: 'classes', points: 96, classes: 4 },
  { kind: 'classes', points: 103, classes: 5 },
  { kind: 'classes', points: 30, classes: 1 },
  { kind: 'classes', points: 21, classes: 10 },
];

describe.each(datasets)('$kind, $points points, $classes classes', (dataset) => {
  const available = pairCount(dataset);

  test.each([1, Math.ceil(available / 3), available])('a batch of %i pairs has disjoint pairs', (pairs) => {
    for (let step = 0; step < 20; step++) {
      const { indices, labels } = sample(dataset, pairs, 9, step);
      expect(indices).toHaveLength(2 * pairs);
      expect(labels).toHaveLength(2 * pairs);
      expect(new Set(indices).size, `step ${step}`).toBe(2 * pairs);
      expect(Math.max(...indices)).toBeLessThan(dataset.points);
    }
  });

  test('the two points of a pair share a label, and belong together', () => {
    for (let step = 0; step < 20; step++) {
      const { indices, labels } = sample(dataset, available, 9, step);
      for (let slot = 0; slot < available; slot++) {
        const [first, second] = [indices[slot], indices[available + slot]];
        expect(labels[slot]).toBe(labels[available + slot]);
        expect(belongTogether(dataset, first, second), `${first} and ${second}`).toBe(true);
      }
      expect(new Set(labels).size).toBe(dataset.kind === 'classes' ? dataset.classes : available);
    }
  });

  test('the same seed and step give the same batch', () => {
    expect(sample(dataset, available, 9, 3)).toEqual(sample(dataset, available, 9, 3));
  });
});

function belongTogether({ kind, points, classes }: Dataset, first: number, second: number): boolean {
  switch (kind) {
    case 'instances':
      return first >> 1 === second >> 1;
    case 'classes':
      return first % classes === second % classes;
    case 'ring':
      return (first + 1) % points === second;
  }
}

/** How many groups of points are left once the pairs of the first steps have joined them. */
function components(dataset: Dataset, steps: number): number {
  const parent = Array.from({ length: dataset.points }, (_, point) => point);
  const root = (point: number): number => (parent[point] === point ? point : root(parent[point]));
  const pairs = pairCount(dataset);
  for (let step = 0; step < steps; step++) {
    const { indices } = sample(dataset, pairs, 4, step);
    for (let slot = 0; slot < pairs; slot++) parent[root(indices[slot])] = root(indices[pairs + slot]);
  }
  return new Set(parent.map((_, point) => root(point))).size;
}

describe('over many steps the positive graph', () => {
  test.each([64, 65])('of a ring of %i points is connected', (points) => {
    expect(components({ kind: 'ring', points, classes: 1 }, 40)).toBe(1);
  });

  test('of classes has one component per class', () => {
    expect(components({ kind: 'classes', points: 103, classes: 5 }, 40)).toBe(5);
  });

  test('of instances keeps its pairs apart', () => {
    expect(components({ kind: 'instances', points: 64, classes: 1 }, 40)).toBe(32);
  });
});

test('small batches visit every pair equally often', () => {
  const dataset: Dataset = { kind: 'instances', points: 40, classes: 1 };
  const visits = new Float64Array(20);
  const steps = 4000;
  for (let step = 0; step < steps; step++) {
    for (const label of sample(dataset, 5, 2, step).labels.subarray(0, 5)) visits[label]++;
  }
  const expected = (5 * steps) / 20;
  // The standard deviation of one count is about 27.
  for (const count of visits) expect(Math.abs(count - expected)).toBeLessThan(140);
});
