import type { Batch, Evaluation } from '../engine.ts';
import { isLabelled } from '../engine.ts';
import { pairLabels, pairLayout } from './pair-shape.ts';
import type { PairShape } from './pair-shape.ts';

/** Writes a batch into a program's buffers; query i and key i get the label i. */
export function uploadBatch(
  { queue }: GPUDevice,
  { embeddings, labels }: { embeddings: GPUBuffer; labels: GPUBuffer },
  shape: PairShape,
  anchors: 'all' | 'queries' | 'both',
  batch: Batch,
): void {
  if (isLabelled(batch)) {
    write(queue, embeddings, 0, batch.embeddings);
    write(queue, labels, 0, batch.labels);
    return;
  }
  const { keyStart } = pairLayout(shape, anchors);
  const row = 4 * shape.dimension;
  write(queue, embeddings, 0, batch.queries);
  write(queue, embeddings, keyStart * row, batch.keys);
  if (batch.negatives) write(queue, embeddings, (keyStart + shape.rows) * row, batch.negatives);
  write(queue, labels, 0, pairLabels(shape, keyStart, batch.similar));
}

/** The gradient in the shape of the batch, from the bytes of a program's outputs that begin at `offset`. */
export function gradientFrom(
  bytes: ArrayBuffer,
  offset: number,
  shape: PairShape,
  anchors: 'all' | 'queries' | 'both',
): Evaluation['gradient'] {
  const { kind, dimension, rows, extraNegatives } = shape;
  const { keyStart } = pairLayout(shape, anchors);
  const vectors = (first: number, count: number) =>
    new Float32Array(bytes.slice(offset + 4 * first * dimension, offset + 4 * (first + count) * dimension));
  if (kind === 'labelled') return { embeddings: vectors(0, rows) };
  return {
    queries: vectors(0, rows),
    keys: vectors(keyStart, rows),
    ...(extraNegatives > 0 && { negatives: vectors(keyStart + rows, extraNegatives) }),
  };
}

function write(queue: GPUQueue, buffer: GPUBuffer, offset: number, data: Float32Array | Uint32Array): void {
  queue.writeBuffer(buffer, offset, data.buffer, data.byteOffset, data.byteLength);
}
