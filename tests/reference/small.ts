/** The reference engine, and the small batches that it is held to formulas and differences on. */
import { normals } from '../../src/data/random.ts';
import type { Batch, LabelledBatch, PairedBatch } from '../../src/engine/engine.ts';
import { createReferenceEngine } from '../../src/engine/reference/reference-engine.ts';
import type { LossSpec } from '../../src/losses/registry.ts';

export const engine = createReferenceEngine();

export async function lossOf(spec: LossSpec, batch: Batch): Promise<number> {
  return (await engine.evaluate(spec, batch)).loss;
}

export function labelled(dimension: number, labels: number[], seed = 1): LabelledBatch {
  return {
    dimension,
    embeddings: normals(labels.length * dimension, seed, 1),
    labels: Uint32Array.from(labels),
  };
}

export function paired(dimension: number, count: number, extraNegatives = 0): PairedBatch {
  const batch: PairedBatch = {
    dimension,
    queries: normals(count * dimension, 2, 1),
    keys: normals(count * dimension, 2, 2),
  };
  if (extraNegatives > 0) batch.negatives = normals(extraNegatives * dimension, 2, 3);
  return batch;
}
