import { pairCount, sample } from '../data/dataset.ts';
import type { Batch } from '../engine/engine.ts';
import type { ParameterValues } from '../losses/loss.ts';
import type { AnyLoss, LossKind } from '../losses/registry.ts';
import { gather } from '../simulation/batch.ts';
import { temperatureOf } from '../simulation/geometry/cloud.ts';
import type { Cloud } from '../simulation/geometry/cloud.ts';
import { resolve } from '../simulation/resolve.ts';
import type { Configuration } from './truth.ts';

/** Losses whose rows are a cross-entropy of the positive against negatives. */
const SOFTMAX_FAMILY: readonly LossKind[] = ['info-nce', 'clip', 'n-pairs', 'nt-xent', 'sup-con'];

export function settingsOf({ hyperparameters }: Configuration): { loss: AnyLoss; values: ParameterValues } {
  return resolve(hyperparameters);
}

/** The temperature of the softmax, for a loss that has one and pushes with it. */
export function softmaxTemperature(configuration: Configuration): number | undefined {
  const { loss, values } = settingsOf(configuration);
  if (!SOFTMAX_FAMILY.includes(loss.kind) || values.negatives === false) return undefined;
  return loss.kind === 'n-pairs' ? 1 : temperatureOf(values);
}

/** All pairs of a cloud as one batch, as its loss wants them. */
export function fullBatch({ start, hyperparameters, step, embeddings }: Cloud): Batch {
  const { dataset, dimension, seed } = start;
  const drawn = sample(dataset, pairCount(dataset), seed, step);
  const { loss } = resolve(hyperparameters);
  return gather(embeddings, dimension, drawn, loss.batch);
}

/** `count` copies of one vector. */
export function copies(vector: readonly number[], count: number): Float32Array {
  return Float32Array.from({ length: count * vector.length }, (_, index) => vector[index % vector.length]);
}

/** The corners of a regular simplex around the origin, `corners` x dimension; needs dimension >= corners - 1. */
export function simplex(corners: number, dimension: number): Float32Array {
  const vectors = Array.from({ length: corners }, () => new Float64Array(dimension));
  // Axis by axis: a corner, what is left of its length, and the coordinate that all later corners share with it.
  for (let axis = 0; axis < corners - 1; axis++) {
    const corner = vectors[axis];
    const used = corner.reduce((sum, value) => sum + value * value, 0);
    corner[axis] = Math.sqrt(1 - used);
    for (let later = axis + 1; later < corners; later++) {
      vectors[later][axis] = (-1 / (corners - 1) - used) / corner[axis];
    }
  }
  return Float32Array.from(vectors.flatMap((vector) => [...vector]));
}
