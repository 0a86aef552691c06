import { expect, it } from 'vitest';
import { uniformityFloor } from '../../../src/simulation/geometry/floor.ts';

it.each([
  [2, -1.5750272],
  [3, -2.0797771],
  [16, -3.5130364],
  [128, -3.93753],
])('the uniform floor in %i dimensions', (dimension, floor) => {
  expect(uniformityFloor(dimension)).toBeCloseTo(floor, 6);
});
