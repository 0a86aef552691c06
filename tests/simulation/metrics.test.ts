import { expect, test } from 'vitest';
import { normals } from '../../src/data/random.ts';
import { alignment, radius, uniformity } from '../../src/simulation/metrics.ts';

/** Single-precision coordinates and nothing else stand between these and the closed forms. */
const DIGITS = 6;

function circle(count: number): Float32Array {
  return Float32Array.from({ length: 2 * count }, (_, index) => {
    const angle = (2 * Math.PI * (index >> 1)) / count;
    return index % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
}

test('uniformity of the uniform circle is -4 + ln I0(4)', () => {
  expect(uniformity(circle(1000), 2)).toBeCloseTo(-1.5750272, DIGITS);
  expect(uniformity(circle(8), 2)).toBeGreaterThan(-1.5750272 - 1e-2);
});

test('uniformity of random directions is the floor of their sphere, plus the diagonal', () => {
  const expected = Math.log(1 / 1024 + (1023 / 1024) * Math.exp(-2.0797771));
  expect(uniformity(normals(3 * 1024, 5, 0), 3)).toBeCloseTo(expected, 2);
});

test('uniformity: collapsed is 0, two antipodal points are ln((1 + exp(-8)) / 2)', () => {
  expect(uniformity(new Float32Array(60).fill(0.25), 3)).toBeCloseTo(0, DIGITS);
  expect(uniformity(Float32Array.of(0, 2, 0, -3), 2)).toBeCloseTo(Math.log((1 + Math.exp(-8)) / 2), DIGITS);
});

test('uniformity looks at the first 1,024 points', () => {
  const points = circle(2048);
  points.fill(1, 2 * 1024);
  expect(uniformity(points, 2)).toBe(uniformity(points.slice(0, 2 * 1024), 2));
});

test('alignment is 2 - 2 cos, whatever the lengths', () => {
  const points = Float32Array.of(1, 0, 5, 0, 0, 2, -3, 0);
  expect(alignment(points, 2, [[0, 1]])).toBeCloseTo(0, DIGITS);
  expect(alignment(points, 2, [[0, 2]])).toBeCloseTo(2, DIGITS);
  expect(alignment(points, 2, [[0, 3]])).toBeCloseTo(4, DIGITS);
  expect(
    alignment(points, 2, [
      [0, 2],
      [0, 3],
    ]),
  ).toBeCloseTo(3, DIGITS);
});

test('nothing to measure, and a zero vector, give numbers', () => {
  expect(alignment(new Float32Array(4), 2, [])).toBe(0);
  expect(alignment(Float32Array.of(0, 0, 1, 0), 2, [[0, 1]])).toBeCloseTo(1, DIGITS);
  expect(uniformity(new Float32Array(4), 2)).toBe(0);
});

test('radius is the longest embedding', () => {
  expect(radius(Float32Array.of(3, 4, 1, 1, -6, 8), 2)).toBe(10);
});
