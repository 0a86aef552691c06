import type { Sample } from '../data/dataset.ts';
import type { Batch, Evaluation } from '../engine/engine.ts';
import type { BatchKind } from '../losses/loss.ts';

/** The batch as the loss wants it: one labelled set, or first views as queries and second views as keys. */
export function gather(
  embeddings: Float32Array,
  dimension: number,
  { indices, labels }: Sample,
  kind: BatchKind,
): Batch {
  const gathered = new Float32Array(indices.length * dimension);
  indices.forEach((point, slot) => {
    gathered.set(embeddings.subarray(point * dimension, (point + 1) * dimension), slot * dimension);
  });
  if (kind === 'labelled') return { dimension, embeddings: gathered, labels };
  const half = gathered.length / 2;
  return { dimension, queries: gathered.slice(0, half), keys: gathered.slice(half) };
}

/** Lays the gradient of a batch out over all points. No point is in a batch twice. */
export function scatter(
  evaluation: Evaluation,
  dimension: number,
  { indices }: Sample,
  gradient: Float32Array,
): void {
  if (!evaluation.gradient) return;
  const parts =
    'embeddings' in evaluation.gradient
      ? [evaluation.gradient.embeddings]
      : [evaluation.gradient.queries, evaluation.gradient.keys];
  let slot = 0;
  for (const part of parts) {
    for (let from = 0; from < part.length; from += dimension) {
      gradient.set(part.subarray(from, from + dimension), indices[slot++] * dimension);
    }
  }
}
