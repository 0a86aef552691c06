import { SHOWN_STEP, thingsOf, viewsOf } from '../data/inputs.ts';
import { encode as encodeOnCpu } from '../engine/cpu/encoder.ts';
import type { Encode, EncoderShape, Encoding } from '../engine/encoder.ts';
import type { Backend } from '../engine/engine.ts';
import { encode as encodeInFloat64 } from '../engine/reference/encoder.ts';
import { rowsOf, spread } from './batch.ts';
import { optimize } from './optimizer.ts';
import { augmentationOf, encoderShapeOf } from './settings.ts';
import type { Hyperparameters, RunState, Start } from './settings.ts';

/** What a run on the host learns: where embeddings come from, and where their gradient goes. */
export interface Model {
  /** The embeddings of some points as the batch of a step sees them, points.length x dimension. */
  forward(points: Uint32Array, hyperparameters: Hyperparameters): Float32Array;
  /**
   * One step of the optimizer.
   * @param gradient of what `forward` last returned; without one, what is learned coasts.
   */
  learn(gradient: Float32Array | undefined, hyperparameters: Hyperparameters): void;
  /** Brings the embeddings of the state up to date with what was learned. */
  refresh(hyperparameters: Hyperparameters): void;
}

/** @param state which the model changes in place. */
export function createModel(backend: Backend, start: Start, state: RunState): Model {
  const shape = encoderShapeOf(start);
  if (!shape) return new FreePoints(start.dimension, state);
  return new Encoder(backend === 'cpu' ? encodeOnCpu : encodeInFloat64, shape, start, state);
}

/** Each embedding is its own parameter. */
class FreePoints implements Model {
  private readonly dimension: number;
  private readonly state: RunState;
  private readonly gradient: Float32Array;
  private points = new Uint32Array();

  constructor(dimension: number, state: RunState) {
    this.dimension = dimension;
    this.state = state;
    this.gradient = new Float32Array(state.embeddings.length);
  }

  forward(points: Uint32Array): Float32Array {
    const { dimension, state } = this;
    this.points = points.slice();
    return rowsOf(state.embeddings, dimension, points);
  }

  learn(rows: Float32Array | undefined, hyperparameters: Hyperparameters): void {
    const { dimension, state, gradient } = this;
    gradient.fill(0);
    if (rows) spread(rows, dimension, this.points, gradient);
    optimize(state.embeddings, state, gradient, dimension, hyperparameters);
  }

  refresh(): void {}
}

/** Embeddings are what one network with shared weights makes of every point's input. */
class Encoder implements Model {
  private readonly encode: Encode;
  private readonly shape: EncoderShape;
  private readonly seed: number;
  private readonly state: RunState;
  private readonly things: Float32Array;
  private readonly everyPoint: Uint32Array;
  private encoding: Encoding | undefined;

  constructor(encode: Encode, shape: EncoderShape, { dataset, seed }: Start, state: RunState) {
    this.encode = encode;
    this.shape = shape;
    this.seed = seed;
    this.state = state;
    this.things = thingsOf(dataset, shape.inputs, seed);
    this.everyPoint = Uint32Array.from({ length: dataset.points }, (_, point) => point);
  }

  forward(points: Uint32Array, hyperparameters: Hyperparameters): Float32Array {
    this.encoding = this.through(points, this.state.step, hyperparameters);
    return Float32Array.from(this.encoding.embeddings);
  }

  learn(rows: Float32Array | undefined, hyperparameters: Hyperparameters): void {
    const { state } = this;
    const gradient = rows && this.encoding ? Float32Array.from(this.encoding.backward(rows)) : undefined;
    // Weights have no sphere to stay on, and each is on its own.
    const settings = { ...hyperparameters, geometry: 'plane' } as const;
    optimize(this.weights, state, gradient ?? new Float32Array(this.weights.length), 1, settings);
  }

  refresh(hyperparameters: Hyperparameters): void {
    this.state.embeddings.set(this.through(this.everyPoint, SHOWN_STEP, hyperparameters).embeddings);
  }

  private get weights(): Float32Array {
    const { weights } = this.state;
    if (!weights) throw new Error('The state of this run has no weights: it is one of free points.');
    return weights;
  }

  private through(points: Uint32Array, step: number, hyperparameters: Hyperparameters): Encoding {
    const { shape, things, seed, weights } = this;
    const views = viewsOf(things, shape.inputs, points, augmentationOf(hyperparameters), seed, step);
    return this.encode(shape, weights, views, hyperparameters.geometry === 'sphere');
  }
}
