/** The loss that is compared: cosines as dot products of vectors that are already of length 1. */
export type Kind = 'info-nce' | 'nt-xent';

export interface Task {
  kind: Kind;
  count: number;
  dimension: number;
  temperature: number;
  /** count x dimension; the embeddings of NT-Xent, first views then second views. */
  queries: Float32Array<ArrayBuffer>;
  /** count x dimension; the queries again for NT-Xent. */
  keys: Float32Array<ArrayBuffer>;
}

export interface Result {
  loss: number;
  /** By queries and keys, or by the embeddings alone; nothing from a library that computes the loss only. */
  gradients: Float32Array[];
}

/** A library that computes the task, from arrays on the host to arrays on the host. */
export interface Contender {
  name: string;
  /** Made once per task, so that compiling is not timed. */
  prepare(task: Task): Promise<() => Promise<Result>>;
}

export interface Timing {
  name: string;
  milliseconds: number[];
  loss: number;
  /** Largest difference from ours on the CPU, over the largest component of the gradient; nothing without a gradient. */
  gradientError: number | undefined;
}
