import { normals } from '../data/random.ts';
import type { Engine } from '../engine/engine.ts';
import type { LossSpec } from '../losses/registry.ts';
import { optimize } from '../simulation/optimizer.ts';

/** Over the last third of the steps the rate is lower, so that the points come to rest. */
const REST = 1 / 50;

/**
 * Free points on the sphere, from a random start down a labelled loss with Adam: where they come to rest, and the loss
 * there. A training of its own, for truths about optima.
 */
export async function descend(
  engine: Engine,
  spec: LossSpec,
  { labels, dimension }: { labels: Uint32Array; dimension: number },
  { steps, seed, learningRate = 0.05 }: { steps: number; seed: number; learningRate?: number },
): Promise<{ embeddings: Float32Array; loss: number }> {
  const size = labels.length * dimension;
  const embeddings = normals(size, seed, 0);
  const state = {
    firstMoments: new Float32Array(size),
    secondMoments: new Float32Array(size),
    optimizerSteps: 0,
  };
  let loss = NaN;
  for (let step = 0; step < steps; step++) {
    const evaluation = await engine.evaluate(spec, { dimension, embeddings, labels }, { gradient: true });
    loss = evaluation.loss;
    const { gradient } = evaluation;
    if (!gradient || !('embeddings' in gradient)) throw new Error('A labelled loss gave no gradient.');
    optimize(embeddings, state, gradient.embeddings, dimension, {
      geometry: 'sphere',
      optimizer: 'adam',
      learningRate: step < (steps * 2) / 3 ? learningRate : learningRate * REST,
    });
  }
  return { embeddings, loss };
}

/** The cosines of all pairs of vectors, ascending. */
export function cosinesBetween(vectors: ArrayLike<number>, dimension: number): number[] {
  const count = vectors.length / dimension;
  const cosines: number[] = [];
  for (let first = 0; first < count; first++) {
    for (let second = 0; second < first; second++) {
      let [product, a, b] = [0, 0, 0];
      for (let axis = 0; axis < dimension; axis++) {
        const [x, y] = [vectors[first * dimension + axis], vectors[second * dimension + axis]];
        product += x * y;
        a += x * x;
        b += y * y;
      }
      cosines.push(product / Math.sqrt(a * b));
    }
  }
  return cosines.toSorted((x, y) => x - y);
}
