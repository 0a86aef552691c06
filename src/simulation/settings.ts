import type { Dataset } from '../data/dataset.ts';
import type { Augmentation } from '../data/inputs.ts';
import type { EncoderShape } from '../engine/encoder.ts';
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
  /** The network that turns inputs into embeddings. Without one the points are free: each embedding is its own parameter. */
  encoder?: Omit<EncoderShape, 'outputs'>;
}

/** The encoder of a run, if it has one. */
export function encoderShapeOf({ encoder, dimension }: Start): EncoderShape | undefined {
  return encoder && { ...encoder, outputs: dimension };
}

/** What can be changed while a run goes on; the next step uses it. */
export interface Hyperparameters {
  loss: LossSpec;
  /** Positive pairs in a batch, B; the batch holds 2B points. At most every pair there is. */
  batchPairs: number;
  geometry: Geometry;
  optimizer: OptimizerKind;
  learningRate: number;
  /** How the views of one thing differ, for an encoder. Default: not at all. */
  augmentation?: Augmentation;
}

export function augmentationOf({ augmentation }: Hyperparameters): Augmentation {
  return augmentation ?? { noise: 0, axes: 0 };
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
  /** The encoder's, laid out as its layers have them; without an encoder the embeddings are what is learned. */
  weights?: Float32Array;
  /** The optimizer's first and second moments, one per weight or coordinate; zeros where it keeps none. */
  firstMoments: Float32Array;
  secondMoments: Float32Array;
  /** Steps the present optimizer has taken, for Adam's bias correction. */
  optimizerSteps: number;
}
