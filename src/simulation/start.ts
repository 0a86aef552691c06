import { normals } from '../data/random.ts';
import { layersOf, weightCount } from '../engine/encoder.ts';
import type { EncoderShape } from '../engine/encoder.ts';
import { encoderShapeOf } from './settings.ts';
import type { Geometry, RunState, Start } from './settings.ts';

const START_STREAM = 0;
const WEIGHT_STREAM = 13;

/** The root mean square length of a point that starts in the plane: nearly all of the blob lies inside the unit circle. */
const PLANE_RADIUS = 0.4;

/**
 * The state before the first step, the same on every engine: seeded normal deviates, on the sphere divided by their
 * length (uniform directions), on the plane a round blob around the origin. With an encoder only its weights are seeded;
 * embeddings are 0 until it is asked for them.
 */
export function startState(start: Start, geometry: Geometry): RunState {
  const { seed, dimension, dataset } = start;
  const size = dataset.points * dimension;
  const shape = encoderShapeOf(start);
  if (shape) {
    const weights = startWeights(shape, seed);
    return { ...stateOf(new Float32Array(size), weights.length), weights };
  }
  const embeddings = normals(size, seed, START_STREAM);
  for (let from = 0; from < size; from += dimension) {
    let square = 0;
    for (let index = from; index < from + dimension; index++) square += embeddings[index] ** 2;
    const factor = geometry === 'sphere' ? 1 / (Math.sqrt(square) || 1) : PLANE_RADIUS / Math.sqrt(dimension);
    for (let index = from; index < from + dimension; index++) embeddings[index] *= factor;
  }
  return stateOf(embeddings, size);
}

function stateOf(embeddings: Float32Array, learned: number): RunState {
  return {
    step: 0,
    embeddings,
    firstMoments: new Float32Array(learned),
    secondMoments: new Float32Array(learned),
    optimizerSteps: 0,
  };
}

/**
 * Normal deviates that keep the variance of what goes through a layer: 2 / inputs before ReLU (He et al. 2015), else
 * 1 / inputs (LeCun et al. 1998); biases are 0.
 */
function startWeights(shape: EncoderShape, seed: number): Float32Array {
  const weights = normals(weightCount(shape), seed, WEIGHT_STREAM);
  for (const { inputs, outputs, activation, start, rows } of layersOf(shape)) {
    const biases = start + inputs * outputs;
    const deviation = Math.sqrt((activation === 'relu' ? 2 : 1) / inputs);
    for (let at = start; at < biases; at++) weights[at] *= deviation;
    weights.fill(0, biases, start + rows * outputs);
  }
  return weights;
}
