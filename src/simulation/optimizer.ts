import type { Hyperparameters, RunState } from './settings.ts';

const MOMENTUM_DECAY = 0.9;
const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.999;
const EPSILON = 1e-8;

/**
 * Squared lengths that steps stay within: below, single precision may lose a direction; above, products of points times
 * a logit scale, summed over a batch, could overflow it.
 */
const LEAST_SQUARE = 1e-24;
const GREATEST_SQUARE = 1e24;

/** How far the squared length of a point may be from 1 for it to count as on the sphere. */
const SPHERE_TOLERANCE = 1e-3;

/** Whether the moments gathered so far mean nothing to the new settings, so that they begin at zero again. */
export function forgetsMoments(before: Hyperparameters, after: Hyperparameters): boolean {
  return before.optimizer !== after.optimizer || before.geometry !== after.geometry;
}

/**
 * One step of every point x with gradient g, first moment m and second moment v, in place; `state.optimizerSteps`, t,
 * counts up by one first. P(a) is a on the plane and a - (a.x) x on the sphere: the part of a tangent to it at x.
 *
 *     sgd        u = P(g)
 *     momentum   m = P(0.9 m + g)                  u = m
 *     adam       m = P(0.9 m + 0.1 g)              v = 0.999 v + 0.001 P(g)^2
 *                u = P( (m / (1 - 0.9^t)) / (sqrt(v / (1 - 0.999^t)) + 1e-8) )
 *     then       y = x - learningRate u            x = y on the plane, y / |y| on the sphere
 *
 * So a moment is carried to the tangent space of wherever its point has moved to. A point outside of the mini-batch has
 * gradient 0, and coasts on its moments.
 *
 * A point found off the sphere (|x|^2 more than 1e-3 from 1: the geometry was just switched) is put on it, x = x / |x|,
 * and takes no other part in the step: its gradient was meant for elsewhere. A point shorter than 1e-12 has no direction
 * and stays. So does a point, with its moments, whose |g|^2 is not below 1e24 (not finite, say), or whose |y|^2 would not be.
 *
 * shaders/optimizer.wgsl does the same. Sums here are float64, the state is float32.
 *
 * @param points points x dimension, row-major; the weights of an encoder are points of one coordinate on the plane.
 * @param gradient laid out as the points, like the state's arrays.
 */
export function optimize(
  points: Float32Array,
  state: Pick<RunState, 'firstMoments' | 'secondMoments' | 'optimizerSteps'>,
  gradient: Float32Array,
  dimension: number,
  settings: Pick<Hyperparameters, 'geometry' | 'optimizer' | 'learningRate'>,
): void {
  state.optimizerSteps++;
  const firstCorrection = 1 - FIRST_DECAY ** state.optimizerSteps;
  const secondCorrection = 1 - SECOND_DECAY ** state.optimizerSteps;
  const onSphere = settings.geometry === 'sphere';
  const point = new Float64Array(dimension);
  const tangent = new Float64Array(dimension);
  const first = new Float64Array(dimension);
  const second = new Float64Array(dimension);
  const update = new Float64Array(dimension);
  const moved = new Float64Array(dimension);

  for (let start = 0; start < points.length; start += dimension) {
    load(point, points, start);
    load(tangent, gradient, start);

    if (onSphere) {
      const square = dot(point, point);
      if (Math.abs(square - 1) > SPHERE_TOLERANCE) {
        if (square > LEAST_SQUARE && square < GREATEST_SQUARE) {
          scale(point, 1 / Math.sqrt(square));
          store(point, points, start);
        }
        continue;
      }
    }
    if (!(dot(tangent, tangent) < GREATEST_SQUARE)) continue;

    if (onSphere) project(tangent, point);
    load(first, state.firstMoments, start);
    load(second, state.secondMoments, start);
    switch (settings.optimizer) {
      case 'sgd':
        update.set(tangent);
        break;
      case 'momentum':
        for (let axis = 0; axis < dimension; axis++)
          first[axis] = MOMENTUM_DECAY * first[axis] + tangent[axis];
        if (onSphere) project(first, point);
        update.set(first);
        break;
      case 'adam':
        for (let axis = 0; axis < dimension; axis++) {
          first[axis] = FIRST_DECAY * first[axis] + (1 - FIRST_DECAY) * tangent[axis];
          second[axis] = SECOND_DECAY * second[axis] + (1 - SECOND_DECAY) * tangent[axis] ** 2;
        }
        if (onSphere) project(first, point);
        for (let axis = 0; axis < dimension; axis++) {
          const deviation = Math.sqrt(second[axis] / secondCorrection) + EPSILON;
          update[axis] = first[axis] / firstCorrection / deviation;
        }
        if (onSphere) project(update, point);
        break;
    }

    for (let axis = 0; axis < dimension; axis++) {
      moved[axis] = point[axis] - settings.learningRate * update[axis];
    }
    const square = dot(moved, moved);
    if (!(square < GREATEST_SQUARE)) continue;
    if (onSphere) scale(moved, 1 / Math.sqrt(square));
    store(moved, points, start);
    store(first, state.firstMoments, start);
    store(second, state.secondMoments, start);
  }
}

function load(vector: Float64Array, array: Float32Array, start: number): void {
  for (let axis = 0; axis < vector.length; axis++) vector[axis] = array[start + axis];
}

function store(vector: Float64Array, array: Float32Array, start: number): void {
  for (let axis = 0; axis < vector.length; axis++) array[start + axis] = vector[axis];
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let axis = 0; axis < a.length; axis++) sum += a[axis] * b[axis];
  return sum;
}

function scale(vector: Float64Array, factor: number): void {
  for (let axis = 0; axis < vector.length; axis++) vector[axis] *= factor;
}

/** Removes the part of `vector` along the unit vector `normal`. */
function project(vector: Float64Array, normal: Float64Array): void {
  const along = dot(vector, normal);
  for (let axis = 0; axis < vector.length; axis++) vector[axis] -= along * normal[axis];
}
