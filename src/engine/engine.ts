import type { LossSpec } from '../losses/registry.ts';

export type Backend = 'webgpu' | 'cpu' | 'reference';

/** One set of points. Equal labels are positives of each other; a point is never its own pair. */
export interface LabelledBatch {
  dimension: number;
  /** count x dimension, row-major. */
  embeddings: Float32Array;
  /** One label per embedding: a pair id (two views of one thing) or a class. */
  labels: Uint32Array;
}

/** Two towers: keys[i] is the positive of queries[i]. */
export interface PairedBatch {
  dimension: number;
  /** count x dimension, row-major. */
  queries: Float32Array;
  /** count x dimension, row-major. */
  keys: Float32Array;
  /** Extra keys that match nobody, any number but none x dimension. */
  negatives?: Float32Array;
  /** One per pair, 1 = similar, 0 = dissimilar; for the pairwise contrastive loss alone. */
  similar?: Uint8Array;
}

export type Batch = LabelledBatch | PairedBatch;

/** All vectors of a batch, in the order of rows, columns, extra negatives. */
export function vectorsOf(batch: Batch): Float32Array[] {
  if (isLabelled(batch)) return [batch.embeddings];
  return [batch.queries, batch.keys, ...(batch.negatives ? [batch.negatives] : [])];
}

/** Why an engine computes no more after `dispose`. */
export const DISPOSED = 'The engine was disposed of.';

/** Which of the two a batch is, once it has been checked. */
export function isLabelled(batch: Batch): batch is LabelledBatch {
  return (batch as Partial<LabelledBatch>).embeddings !== undefined;
}

export interface EvaluateOptions {
  /** Also return the gradient and the parameter gradients. Default false. */
  gradient?: boolean;
  /** Also return one loss per anchor. Default false. */
  rowLosses?: boolean;
  /** Aborting rejects with the signal's reason; nothing is changed by a cancelled evaluation. */
  signal?: AbortSignal;
  /** Called with the finished fraction, 0 to 1, between slices of long work. */
  onProgress?: (fraction: number) => void;
}

export interface Evaluation {
  /** The loss in nats. */
  loss: number;
  /**
   * How many terms were averaged; 0 means there was nothing to learn from, which is not "perfect". Where a loss is made
   * of statistics of the batch, the pairs they were taken over.
   */
  count: number;
  /** dLoss/dInput, through the L2 normalization where the loss normalizes; same layout as what was passed in. */
  gradient?:
    { embeddings: Float32Array } | { queries: Float32Array; keys: Float32Array; negatives?: Float32Array };
  /** dLoss/dParameter for the learnable parameters: temperature, logitScale, logitBias. */
  parameterGradients?: Record<string, number>;
  /**
   * One per embedding or query: the mean of that anchor's own terms, 0 where it has none. A loss that is made of
   * statistics of the batch (VICReg, Barlow Twins) has no terms of anchors: each then stands for the batch, with its loss.
   */
  rowLosses?: Float32Array;
}

export type Metric = 'cosine' | 'dot' | 'euclidean';

export interface Engine {
  readonly backend: Backend;
  /** The adapter, or the kind of fallback, for people to read. */
  readonly description: string;
  /** Bytes of its own memory for the last evaluation, kept for the next; undefined where they are not counted. */
  readonly heldBytes?: number;

  /**
   * The loss of a batch and, if asked, its gradients. Streams over the pairs: memory grows with count x dimension.
   * The batch must stay as it is until the promise settles.
   * @throws InputError for input that breaks the loss's contract or does not fit the device.
   */
  evaluate(loss: LossSpec, batch: Batch, options?: EvaluateOptions): Promise<Evaluation>;

  /**
   * The stored matrix of similarities (euclidean: distances), rows x columns, row-major. One set: rows = columns =
   * embeddings. Two towers: rows = queries, columns = keys, then negatives.
   * @throws InputError when the matrix does not fit, with the bytes wanted and the bytes there.
   */
  similarity(batch: Batch, options?: { metric?: Metric }): Promise<Float32Array>;

  /**
   * The softmax of each row of logits / temperature, rows x columns, row-major.
   * @throws InputError for a wrong length, a logit that is not finite, or a temperature that is not positive.
   */
  softmax(
    logits: Float32Array,
    shape: { rows: number; columns: number },
    temperature: number,
  ): Promise<Float32Array>;

  /** Releases the engine's memory; whatever is asked afterwards rejects. A device that was passed in stays with its owner. */
  dispose(): void;
}
