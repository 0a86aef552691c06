import { pairCount, sample } from '../../data/dataset.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { Engine } from '../../engine/engine.ts';
import { findLoss } from '../../losses/registry.ts';
import type { LossSpec } from '../../losses/registry.ts';
import { gather, scatter } from '../batch.ts';

/** Batches that are drawn for one measurement. */
const DRAWS = 4;

/**
 * The signal-to-noise ratio of the gradient of a mini-batch: |g| / sqrt(mean |g_batch - g|^2), where g is the gradient
 * of all pairs and a point outside of a batch has gradient 0 there. Infinity where the batch is everything, NaN where
 * there is no gradient at all. A batch of B of P pairs that pull alike and do not meet has sqrt(B / (P - B)).
 * After McCandlish et al. 2018, An Empirical Model of Large-Batch Training, eq. 2.8.
 * @param embeddings points x dimension, row-major.
 */
export async function gradientSignalToNoise(
  engine: Engine,
  spec: LossSpec,
  { dataset, dimension, seed, step }: { dataset: Dataset; dimension: number; seed: number; step: number },
  embeddings: Float32Array,
  batchPairs: number,
): Promise<number> {
  const kind = findLoss(spec.kind)?.batch ?? 'labelled';
  const gradientOf = async (pairs: number, at: number) => {
    const drawn = sample(dataset, pairs, seed, at);
    const batch = gather(embeddings, dimension, drawn, kind);
    const gradient = new Float32Array(embeddings.length);
    scatter(await engine.evaluate(spec, batch, { gradient: true }), dimension, drawn, gradient);
    return gradient;
  };
  const available = pairCount(dataset);
  const full = await gradientOf(available, step);
  let noise = 0;
  if (batchPairs < available) {
    for (let draw = 0; draw < DRAWS; draw++) {
      const gradient = await gradientOf(batchPairs, step + draw);
      noise += squaredDistance(gradient, full) / DRAWS;
    }
  }
  return Math.sqrt(squaredDistance(full, new Float32Array(full.length)) / noise);
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + (value - b[index]) ** 2, 0);
}
