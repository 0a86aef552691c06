import { describe, expect, test } from 'vitest';
import { normals } from '../../src/data/random.ts';
import { Projection } from '../../src/simulation/projection.ts';

const DIMENSION = 16;
const POINTS = 200;

/** Points whose spread along known orthonormal axes is 4, 2, 1, and a little noise elsewhere. */
function cloud(axes: Float64Array[]): Float32Array {
  const result = normals(POINTS * DIMENSION, 1, 0).map((value) => 0.02 * value);
  const spreads = [4, 2, 1];
  spreads.forEach((spread, shown) => {
    const amounts = normals(POINTS, 2, shown);
    for (let index = 0; index < result.length; index++) {
      result[index] += spread * amounts[Math.floor(index / DIMENSION)] * axes[shown][index % DIMENSION];
    }
  });
  return result;
}

/** Three orthonormal axes of a discrete cosine transform: none is a coordinate axis. */
const AXES = [3, 7, 10].map((frequency) =>
  Float64Array.from(
    { length: DIMENSION },
    (_, index) => Math.sqrt(2 / DIMENSION) * Math.cos((Math.PI * frequency * (index + 0.5)) / DIMENSION),
  ),
);

function correlation(
  positions: Float32Array,
  shown: number,
  points: Float32Array,
  axis: Float64Array,
): number {
  let product = 0;
  let left = 0;
  let right = 0;
  for (let point = 0; point < POINTS; point++) {
    const drawn = positions[4 * point + shown];
    const known = axis.reduce((sum, value, index) => sum + value * points[point * DIMENSION + index], 0);
    product += drawn * known;
    left += drawn * drawn;
    right += known * known;
  }
  return product / Math.sqrt(left * right);
}

describe('up to three dimensions, the coordinates themselves', () => {
  test.each([1, 2, 3])('d = %i', (dimension) => {
    const points = normals(5 * dimension, 3, 0);
    const positions = new Float32Array(20).fill(9);
    new Projection(dimension).project(points, positions);
    for (let point = 0; point < 5; point++) {
      const expected = [0, 0, 0, 0];
      for (let axis = 0; axis < dimension; axis++) expected[axis] = points[point * dimension + axis];
      expect([...positions.subarray(4 * point, 4 * point + 4)]).toEqual(expected);
    }
  });
});

describe('above, the principal axes', () => {
  test('finds known axes, the widest first', () => {
    const points = cloud(AXES);
    const positions = new Float32Array(4 * POINTS);
    const projection = new Projection(DIMENSION);
    for (let frame = 0; frame < 5; frame++) projection.project(points, positions);
    for (let shown = 0; shown < 3; shown++) {
      expect(Math.abs(correlation(positions, shown, points, AXES[shown]))).toBeGreaterThan(0.999);
    }
  });

  test('keeps the origin where it is and is an exact projection', () => {
    const points = cloud(AXES);
    points.fill(0, 0, DIMENSION);
    const positions = new Float32Array(4 * POINTS);
    new Projection(DIMENSION).project(points, positions);
    expect([...positions.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
    for (let point = 0; point < POINTS; point++) {
      const drawn = Math.hypot(...positions.subarray(4 * point, 4 * point + 3));
      const length = Math.hypot(...points.subarray(point * DIMENSION, (point + 1) * DIMENSION));
      expect(drawn).toBeLessThan(length * (1 + 1e-6) + 1e-6);
      expect(drawn).toBeGreaterThan(length - 0.4);
    }
  });

  test('no axis flips or jumps while the cloud drifts, even where two spreads are equal', () => {
    const projection = new Projection(DIMENSION);
    const drift = normals(POINTS * DIMENSION, 7, 1);
    let points = normals(POINTS * DIMENSION, 7, 0);
    const before = new Float32Array(4 * POINTS);
    const after = new Float32Array(4 * POINTS);
    projection.project(points, before);
    for (let frame = 0; frame < 100; frame++) {
      points = points.map((value, index) => value + 0.002 * drift[index]);
      projection.project(points, after);
      for (let point = 0; point < POINTS; point++) {
        const moved = Math.hypot(
          ...[0, 1, 2].map((shown) => after[4 * point + shown] - before[4 * point + shown]),
        );
        expect(moved).toBeLessThan(1);
      }
      before.set(after);
    }
  });

  test('no axis turns by more than a right angle from one picture to the next, even when the cloud jumps', () => {
    const dimension = 5;
    const projection = new Projection(dimension);
    // Tiny points along the coordinate axes, whose images are the components of the axes.
    const markers = Float32Array.from({ length: dimension ** 2 }, (_, index) =>
      index % (dimension + 1) === 0 ? 1e-3 : 0,
    );
    let before = new Float32Array(4 * (dimension + 6));
    for (let frame = 0; frame < 200; frame++) {
      const points = Float32Array.of(...markers, ...normals(6 * dimension, 9, frame));
      const after = new Float32Array((4 * points.length) / dimension);
      projection.project(points, after);
      for (let shown = 0; shown < 3; shown++) {
        let overlap = 0;
        for (let axis = 0; axis < dimension; axis++) {
          overlap += before[4 * axis + shown] * after[4 * axis + shown];
        }
        expect(overlap).toBeGreaterThan(-1e-9);
      }
      before = after;
    }
  });

  test('the same points give the same picture', () => {
    const first = new Float32Array(4 * POINTS);
    const second = new Float32Array(4 * POINTS);
    new Projection(DIMENSION).project(cloud(AXES), first);
    new Projection(DIMENSION).project(cloud(AXES), second);
    expect(second).toEqual(first);
  });

  test('clouds without three directions, or any, are drawn all the same', () => {
    const collapsed = new Float32Array(POINTS * DIMENSION).fill(0.25);
    const positions = new Float32Array(4 * POINTS);
    const projection = new Projection(DIMENSION);
    projection.project(cloud(AXES), positions);
    projection.project(collapsed, positions);
    projection.project(collapsed, positions);
    expect(Math.abs(positions[0])).toBeCloseTo(1, 5);
    expect(Math.abs(positions[1])).toBeLessThan(1e-5);
    projection.project(new Float32Array(POINTS * DIMENSION), positions);
    expect([...positions].every((value) => value === 0)).toBe(true);
  });
});
