import { describe, expect, test } from 'vitest';
import { normals } from '../../src/data/random.ts';
import { forgetsMoments, optimize } from '../../src/simulation/optimizer.ts';
import type { Geometry, Hyperparameters, OptimizerKind, RunState } from '../../src/simulation/settings.ts';

const OPTIMIZERS: OptimizerKind[] = ['sgd', 'momentum', 'adam'];

function stateOf(embeddings: number[] | Float32Array): RunState {
  return {
    step: 0,
    embeddings: Float32Array.from(embeddings),
    firstMoments: new Float32Array(embeddings.length),
    secondMoments: new Float32Array(embeddings.length),
    optimizerSteps: 0,
  };
}

function onPlane(optimizer: OptimizerKind, learningRate: number) {
  return { geometry: 'plane' as Geometry, optimizer, learningRate };
}

function onSphere(optimizer: OptimizerKind, learningRate: number) {
  return { geometry: 'sphere' as Geometry, optimizer, learningRate };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, value, index) => sum + value * b[index], 0);
}

describe('by hand, on the plane', () => {
  test('sgd', () => {
    const state = stateOf([1, 2, 3, 4]);
    optimize(state.embeddings, state, Float32Array.of(1, -1, 0, 2), 2, onPlane('sgd', 0.5));
    expect([...state.embeddings]).toEqual([0.5, 2.5, 3, 3]);
  });

  test('momentum: 0.9 of the last step is added, and a point without gradient coasts', () => {
    const state = stateOf([0, 0]);
    optimize(state.embeddings, state, Float32Array.of(1, -2), 2, onPlane('momentum', 0.1));
    expect(state.embeddings[0]).toBeCloseTo(-0.1, 6);
    optimize(state.embeddings, state, Float32Array.of(1, -2), 2, onPlane('momentum', 0.1));
    expect(state.embeddings[0]).toBeCloseTo(-0.1 - 0.19, 6);
    expect(state.embeddings[1]).toBeCloseTo(0.2 + 0.38, 6);
    optimize(state.embeddings, state, Float32Array.of(0, 0), 2, onPlane('momentum', 0.1));
    expect(state.embeddings[0]).toBeCloseTo(-0.1 - 0.19 - 0.171, 6);
  });

  test('adam: bias correction makes the first step the learning rate, whatever the size of the gradient', () => {
    const state = stateOf([0, 0, 0]);
    optimize(state.embeddings, state, Float32Array.of(1e-3, -7, 0), 3, onPlane('adam', 0.1));
    expect(state.embeddings[0]).toBeCloseTo(-0.1, 5);
    expect(state.embeddings[1]).toBeCloseTo(0.1, 5);
    expect(state.embeddings[2]).toBe(0);
  });

  test('adam: second step', () => {
    const state = stateOf([0]);
    optimize(state.embeddings, state, Float32Array.of(2), 1, onPlane('adam', 0.1));
    optimize(state.embeddings, state, Float32Array.of(-1), 1, onPlane('adam', 0.1));
    const first = (0.9 * 0.1 * 2 - 0.1) / (1 - 0.9 ** 2);
    const second = (0.999 * 0.001 * 4 + 0.001) / (1 - 0.999 ** 2);
    expect(state.embeddings[0]).toBeCloseTo(-0.1 - (0.1 * first) / (Math.sqrt(second) + 1e-8), 6);
    expect(state.optimizerSteps).toBe(2);
  });
});

describe('on the sphere', () => {
  test('sgd by hand: only the tangent part moves the point, which is then put back on the sphere', () => {
    const state = stateOf([1, 0]);
    optimize(state.embeddings, state, Float32Array.of(5, -1), 2, onSphere('sgd', 0.75));
    expect(state.embeddings[0]).toBeCloseTo(0.8, 6);
    expect(state.embeddings[1]).toBeCloseTo(0.6, 6);
  });

  test('adam by hand: moments see the tangent part alone, and what they make of it is projected again', () => {
    const state = stateOf([0.6, 0.8]);
    // 5 along the point, 2 along its tangent (0.8, -0.6); per coordinate that is a step of (1, -1).
    optimize(state.embeddings, state, Float32Array.of(3 + 1.6, 4 - 1.2), 2, onSphere('adam', 0.5));
    expect(state.secondMoments[0]).toBeCloseTo(0.001 * 1.6 ** 2, 6);
    expect(state.secondMoments[1]).toBeCloseTo(0.001 * 1.2 ** 2, 6);
    const tangent = 0.5 * 1.4;
    expect(state.embeddings[0]).toBeCloseTo((0.6 - 0.8 * tangent) / Math.hypot(1, tangent), 5);
    expect(state.embeddings[1]).toBeCloseTo((0.8 + 0.6 * tangent) / Math.hypot(1, tangent), 5);
  });

  test('a moment is carried to the tangent space of where its point has moved', () => {
    const state = stateOf([1, 0]);
    optimize(state.embeddings, state, Float32Array.of(0, -1), 2, onSphere('momentum', 0.75));
    // Now at (0.8, 0.6) with moment (0, -1), of which (0.48, -0.64) is tangent.
    optimize(state.embeddings, state, Float32Array.of(0, 0), 2, onSphere('momentum', 0.75));
    expect(state.firstMoments[0]).toBeCloseTo(0.9 * 0.48, 6);
    expect(state.firstMoments[1]).toBeCloseTo(0.9 * -0.64, 6);
  });

  test.each(OPTIMIZERS)('%s: the gradient along the point does nothing', (optimizer) => {
    const state = stateOf([0, 1, 0]);
    for (let step = 0; step < 5; step++) {
      optimize(
        state.embeddings,
        state,
        state.embeddings.map((value) => 3 * value),
        3,
        onSphere(optimizer, 0.1),
      );
    }
    expect([...state.embeddings]).toEqual([0, 1, 0]);
  });

  test.each(OPTIMIZERS)(
    '%s: points stay at unit length, moments are tangent where they are used',
    (optimizer) => {
      for (const dimension of [1, 2, 3, 64]) {
        const points = normals(20 * dimension, 1, 0);
        const state = stateOf(points);
        optimize(state.embeddings, state, new Float32Array(points.length), dimension, onSphere('sgd', 0));
        for (let step = 0; step < 50; step++) {
          const before = state.embeddings.slice();
          optimize(
            state.embeddings,
            state,
            normals(points.length, 2, step),
            dimension,
            onSphere(optimizer, 0.5),
          );
          for (let from = 0; from < points.length; from += dimension) {
            const point = state.embeddings.subarray(from, from + dimension);
            expect(Math.abs(Math.sqrt(dot(point, point)) - 1)).toBeLessThan(2e-7 * Math.sqrt(dimension));
            const moment = state.firstMoments.subarray(from, from + dimension);
            const along = dot(moment, before.subarray(from, from + dimension));
            expect(Math.abs(along)).toBeLessThan(1e-6 * (1 + Math.sqrt(dot(moment, moment))));
          }
        }
      }
    },
  );

  test('coming from the plane, a point is first put on the sphere and moves from the next step on', () => {
    const state = stateOf([3, 4, 0, 0]);
    const gradient = Float32Array.of(1, 1, 1, 1);
    optimize(state.embeddings, state, gradient, 2, onSphere('momentum', 0.1));
    expect([...state.embeddings]).toEqual([...Float32Array.of(0.6, 0.8, 0, 0)]);
    expect([...state.firstMoments]).toEqual([0, 0, 0, 0]);
    optimize(state.embeddings, state, gradient, 2, onSphere('momentum', 0.1));
    expect(state.embeddings[0]).not.toBeCloseTo(0.6, 3);
    expect([...state.embeddings.subarray(2)]).toEqual([0, 0]);
  });
});

describe.each<Geometry>(['sphere', 'plane'])('never NaN, %s', (geometry) => {
  test.each(OPTIMIZERS)(
    '%s: a gradient that is not finite, or absurd, leaves the point alone',
    (optimizer) => {
      for (const bad of [NaN, Infinity, -Infinity, 1e30]) {
        const state = stateOf([0.6, 0.8, 1, 0]);
        optimize(state.embeddings, state, Float32Array.of(bad, 1, 0, 1), 2, {
          geometry,
          optimizer,
          learningRate: 0.1,
        });
        expect([...state.embeddings.subarray(0, 2)]).toEqual([...Float32Array.of(0.6, 0.8)]);
        expect([...state.firstMoments.subarray(0, 2)]).toEqual([0, 0]);
        expect([...state.secondMoments.subarray(0, 2)]).toEqual([0, 0]);
        expect(state.embeddings[3]).toBeLessThan(0);
      }
    },
  );

  test.each(OPTIMIZERS)(
    '%s: neither does a learning rate that would throw it out of single precision',
    (optimizer) => {
      const state = stateOf([0.6, 0.8]);
      for (let step = 0; step < 20; step++) {
        optimize(state.embeddings, state, Float32Array.of(1, -3), 2, {
          geometry,
          optimizer,
          learningRate: 1e30,
        });
      }
      expect([...state.embeddings]).toEqual([...Float32Array.of(0.6, 0.8)]);
    },
  );
});

test('moments are forgotten when the optimizer or the geometry changes, not otherwise', () => {
  const before: Hyperparameters = {
    loss: { kind: 'nt-xent' },
    batchPairs: 4,
    ...onSphere('momentum', 0.1),
  };
  expect(forgetsMoments(before, { ...before, learningRate: 1, batchPairs: 2 })).toBe(false);
  expect(forgetsMoments(before, { ...before, optimizer: 'adam' })).toBe(true);
  expect(forgetsMoments(before, { ...before, geometry: 'plane' })).toBe(true);
});
