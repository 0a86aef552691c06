import { normals } from '../data/random.ts';
import type { Geometry, RunState, Start } from './settings.ts';

const START_STREAM = 0;

/** The root mean square length of a point that starts in the plane: nearly all of the blob lies inside the unit circle. */
const PLANE_RADIUS = 0.4;

/**
 * The state before the first step, the same on every engine: seeded normal deviates, on the sphere divided by their
 * length (uniform directions), on the plane a round blob around the origin.
 */
export function startState({ seed, dimension, dataset }: Start, geometry: Geometry): RunState {
  const size = dataset.points * dimension;
  const embeddings = normals(size, seed, START_STREAM);
  for (let start = 0; start < size; start += dimension) {
    let square = 0;
    for (let index = start; index < start + dimension; index++) square += embeddings[index] ** 2;
    const factor = geometry === 'sphere' ? 1 / (Math.sqrt(square) || 1) : PLANE_RADIUS / Math.sqrt(dimension);
    for (let index = start; index < start + dimension; index++) embeddings[index] *= factor;
  }
  return {
    step: 0,
    embeddings,
    firstMoments: new Float32Array(size),
    secondMoments: new Float32Array(size),
    optimizerSteps: 0,
  };
}
