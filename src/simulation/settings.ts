import type { Dataset } from '../data/dataset.ts';
import type { LossSpec } from '../losses/registry.ts';

export type Geometry = 'sphere' | 'plane';
export type OptimizerKind = 'sgd' | 'momentum' | 'adam';

/** What fixes the start of a run. Changing any of these begins a new run. */
export interface Start {
  seed: number;
  /** Coordinates of each embedding. */
  dimension: number;
  /** Points, and which are positives of each other. */
  dataset: Dataset;
}

/** What can be changed while a run goes on; the next step uses it. */
export interface Hyperparameters {
  loss: LossSpec;
  /** Positive pairs in a batch, B; the batch holds 2B points. At most every pair there is. */
  batchPairs: number;
  geometry: Geometry;
  optimizer: OptimizerKind;
  learningRate: number;
}

/** Small numbers about a run, read back without stalling it. Not every field is measured at every step. */
export interface Statistics {
  /** Steps taken since the start. */
  step: number;
  /** Loss of the batch of that step. */
  loss: number;
  /** Terms averaged in that loss. */
  count: number;
  /** Root mean square, over the batch, of the length of the gradient of one point. */
  gradientNorm: number;
  /** Mean squared distance of positive pairs after normalization, 0 to 4; lower is better aligned. Over at most 1,024 pairs. */
  alignment: number;
  /** log mean exp(-2 |x - y|^2) over all ordered pairs, i = j included, of at most 1,024 points; 0 = collapsed. */
  uniformity: number;
  /** The longest embedding. */
  radius: number;
}

/** Everything a run needs to go on elsewhere, on another engine say. */
export interface RunState {
  step: number;
  /** points x dimension, row-major. */
  embeddings: Float32Array;
  /** The optimizer's first and second moments, points x dimension each; zeros where it keeps none. */
  firstMoments: Float32Array;
  secondMoments: Float32Array;
  /** Steps the present optimizer has taken, for Adam's bias correction. */
  optimizerSteps: number;
}
