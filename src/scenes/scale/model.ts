import { normals, permute } from '../../data/random.ts';
import { encode } from '../../engine/cpu/encoder.ts';
import { weightCount } from '../../engine/encoder.ts';
import type { EncoderShape } from '../../engine/encoder.ts';
import type { Engine } from '../../engine/engine.ts';
import type { NumberField } from '../../values/fields.ts';
import type { SettingsOf } from '../settings.ts';

/** Coordinates of each of the two views. */
const DIMENSION = 16;
/** Coordinates of an embedding. */
const EMBEDDING = 4;
const TEMPERATURE = 0.2;
/** Batches that are measured of each size. */
export const REPEATS = 16;
/** Batch sizes that are measured; the last is all the pairs there are. */
export const SIZES = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] as const;
export const ALL_PAIRS = 1024;

/** Streams of the generator. */
const FIRST_VIEW = 0x1001;
const SECOND_VIEW = 0x1002;
const WEIGHTS = 0x1003;
const CHOICE = 0x1004;

const size: NumberField = {
  type: 'number',
  default: 8,
  minimum: 2,
  maximum: ALL_PAIRS,
  scale: 'logarithmic',
  integer: true,
  label: 'Batch size N',
  description: 'Pairs in a batch: each query finds its own key among N.',
};
const correlation: NumberField = {
  type: 'number',
  default: 0.6,
  minimum: 0,
  maximum: 0.8,
  scale: 'linear',
  integer: false,
  label: 'Correlation of the two views',
  description: 'Of each coordinate of one view with the same coordinate of the other.',
};

export const fields = { size, correlation };
export type ScaleSettings = SettingsOf<typeof fields>;

/** The size that is measured nearest to any number, on a scale of octaves. */
export function nearestSize(wanted: number): number {
  const octave = Math.round(Math.log2(Math.max(wanted, 1)));
  return 2 ** Math.min(Math.max(octave, 1), Math.log2(ALL_PAIRS));
}

/** What the two views have in common, exactly, in nats: -(d / 2) ln(1 - correlation^2). */
export function mutualInformation(rho: number): number {
  return -(DIMENSION / 2) * Math.log(1 - rho * rho);
}

/** Pairs of standard normal vectors whose coordinates correlate, count x DIMENSION each, row-major. */
export interface Views {
  first: Float32Array;
  second: Float32Array;
}

function drawViews(count: number, rho: number, seed: number): Views {
  const first = normals(count * DIMENSION, seed, FIRST_VIEW);
  const noise = normals(count * DIMENSION, seed, SECOND_VIEW);
  const second = noise.map((value, index) => rho * first[index] + Math.sqrt(1 - rho * rho) * value);
  return { first, second };
}

/**
 * ln N - InfoNCE of one batch of N fresh pairs under the best critic there is, log p(y | x) / p(y), which for Gaussians
 * is a dot product: (rho x, 1) . (y, -rho |y|^2 / 2) rho / (1 - rho^2) up to what is the same for all keys of a query.
 * At most ln N in every batch; at most the mutual information on average. van den Oord et al. 2018, Poole et al. 2019.
 */
export async function estimateInformation(
  engine: Engine,
  batchSize: number,
  rho: number,
  seed: number,
  signal: AbortSignal,
): Promise<number> {
  const { first, second } = drawViews(batchSize, rho, seed);
  const columns = DIMENSION + 1;
  const queries = new Float32Array(batchSize * columns);
  const keys = new Float32Array(batchSize * columns);
  const scale = rho / (1 - rho * rho);
  for (let pair = 0; pair < batchSize; pair++) {
    let square = 0;
    for (let axis = 0; axis < DIMENSION; axis++) {
      const y = second[pair * DIMENSION + axis];
      queries[pair * columns + axis] = scale * first[pair * DIMENSION + axis];
      keys[pair * columns + axis] = y;
      square += y * y;
    }
    queries[pair * columns + DIMENSION] = 1;
    keys[pair * columns + DIMENSION] = (-scale * rho * square) / 2;
  }
  const { loss } = await engine.evaluate(
    { kind: 'info-nce', temperature: 1, normalize: false },
    { dimension: columns, queries, keys },
    { signal },
  );
  return Math.log(batchSize) - loss;
}

/** A linear encoder that both views share. */
const ENCODER: EncoderShape = {
  inputs: DIMENSION,
  layers: 0,
  width: 1,
  activation: 'linear',
  outputs: EMBEDDING,
};

/** Weights of the encoder: how many dimensions its gradients have. */
export const GRADIENT_DIMENSION = weightCount(ENCODER);

/** The gradient of a batch with respect to the encoder's weights. */
async function weightGradient(
  engine: Engine,
  { first, second }: Views,
  signal: AbortSignal,
): Promise<Float32Array> {
  const weights = normals(weightCount(ENCODER), 1, WEIGHTS);
  const [queries, keys] = [first, second].map((views) => encode(ENCODER, weights, views, false));
  const { gradient } = await engine.evaluate(
    { kind: 'info-nce', temperature: TEMPERATURE },
    {
      dimension: EMBEDDING,
      queries: Float32Array.from(queries.embeddings),
      keys: Float32Array.from(keys.embeddings),
    },
    { gradient: true, signal },
  );
  const pulls = gradient as { queries: Float32Array; keys: Float32Array };
  const ofKeys = keys.backward(pulls.keys);
  return Float32Array.from(queries.backward(pulls.queries), (value, weight) => value + ofKeys[weight]);
}

/** Where the gradients of mini-batches point, beside that of all pairs. */
export class GradientField {
  readonly #views: Views;
  readonly #full: Float32Array;

  private constructor(views: Views, full: Float32Array) {
    this.#views = views;
    this.#full = full;
  }

  static async open(engine: Engine, rho: number, signal: AbortSignal): Promise<GradientField> {
    const views = drawViews(ALL_PAIRS, rho, 0);
    return new GradientField(views, await weightGradient(engine, views, signal));
  }

  /**
   * The angle in degrees, 0 to 180, between the gradient of one mini-batch, drawn without replacement, and that of all
   * pairs.
   */
  async angle(engine: Engine, batchSize: number, repeat: number, signal: AbortSignal): Promise<number> {
    const chosen = Array.from({ length: batchSize }, (_, slot) =>
      permute(slot, ALL_PAIRS, batchSize, repeat, CHOICE),
    );
    const gather = (views: Float32Array) =>
      Float32Array.from(
        chosen.flatMap((pair) => [...views.subarray(pair * DIMENSION, (pair + 1) * DIMENSION)]),
      );
    const views = { first: gather(this.#views.first), second: gather(this.#views.second) };
    const mini = await weightGradient(engine, views, signal);
    const cosine = dot(mini, this.#full) / Math.sqrt(dot(mini, mini) * dot(this.#full, this.#full));
    return (Math.acos(Math.min(Math.max(cosine, -1), 1)) * 180) / Math.PI;
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * b[index], 0);
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
