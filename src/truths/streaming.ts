import { normals } from '../data/random.ts';
import type { Engine, PairedBatch } from '../engine/engine.ts';
import { isLabelled } from '../engine/engine.ts';
import { fullBatch, settingsOf, softmaxTemperature } from './configurations.ts';
import { meanLoss } from './tolerances.ts';
import { equal } from './truth.ts';
import type { Reading, Truth } from './truth.ts';

/** Pairs for every point that is looked at, and at most; the naive engine would take minutes. */
const PAIRS_PER_POINT = 8;
const MOST_PAIRS = 4096;
const MOST_NAIVE_PAIRS = 512;
const DIMENSION = 16;

/** Truth 16. */
export const exactStreaming: Truth = {
  number: 16,
  name: 'Streaming is exact',
  sentence:
    'A log-sum-exp that streams over tiles is that of the whole matrix, which is never stored: stored, it would meet the default binding of 128 MiB at 5,792 points, and take 1 GiB for 16,384.',
  source: 'Cheng et al. 2024, Breaking the Memory Barrier of Contrastive Loss (Inf-CL)',
  watches: 'settings',
  applies: (configuration) => softmaxTemperature(configuration) !== undefined,
  async evaluate(engine, cloud) {
    const temperature = softmaxTemperature(cloud)!;
    const most = engine.backend === 'reference' ? MOST_NAIVE_PAIRS : MOST_PAIRS;
    const size = Math.min(PAIRS_PER_POINT * cloud.start.dataset.points, most);
    const batch = {
      dimension: DIMENSION,
      queries: normals(size * DIMENSION, 17, 1),
      keys: normals(size * DIMENSION, 17, 2),
    };
    const { loss } = await engine.evaluate({ kind: 'info-nce', temperature }, batch);
    const stored = await storedLoss(engine, batch, size, temperature);
    return [equal(`streamed loss of ${size} pairs, beside the stored one`, loss, stored, 4e-7 * stored)];
  },
};

/** From the stored matrix of the engine, row by row in float64. */
async function storedLoss(
  engine: Engine,
  batch: PairedBatch,
  size: number,
  temperature: number,
): Promise<number> {
  const similarity = await engine.similarity(batch);
  let stored = 0;
  for (let row = 0; row < size; row++) {
    const logits = similarity.subarray(row * size, (row + 1) * size);
    const maximum = logits.reduce((largest, value) => Math.max(largest, value), -Infinity);
    const sum = logits.reduce((total, value) => total + Math.exp((value - maximum) / temperature), 0);
    stored += (maximum - logits[row]) / temperature + Math.log(sum);
  }
  return stored / size;
}

/** Truth 18. */
export const sigLipSum: Truth = {
  number: 18,
  name: 'SigLIP is a sum',
  sentence:
    'SigLIP adds up pairs, with nothing to normalize by: its loss times N is the sum over the tiles of any tiling.',
  source: 'Zhai et al. 2023, Sigmoid Loss for Language Image Pre-Training, section 3.3',
  watches: 'cloud',
  applies(configuration) {
    const { points } = configuration.start.dataset;
    return settingsOf(configuration).loss.kind === 'sig-lip' && points >= 8;
  },
  async evaluate(engine, cloud) {
    const batch = fullBatch(cloud);
    if (isLabelled(batch)) return [];
    const spec = cloud.hyperparameters.loss;
    const { loss, values } = settingsOf(cloud);
    const { dimension, queries, keys } = batch;
    const pairs = 4 * Math.floor(queries.length / dimension / 4);
    const whole = await engine.evaluate(spec, {
      dimension,
      queries: queries.slice(0, pairs * dimension),
      keys: keys.slice(0, pairs * dimension),
    });
    const total = pairs * whole.loss;
    const m = loss.largestLogit(values, 1);
    const readings: Reading[] = [];
    for (const tiles of [2, 4]) {
      const size = pairs / tiles;
      const block = (vectors: Float32Array, tile: number) =>
        vectors.slice(tile * size * dimension, (tile + 1) * size * dimension);
      let sum = 0;
      for (let row = 0; row < tiles; row++) {
        for (let column = 0; column < tiles; column++) {
          const tile = { dimension, queries: block(queries, row), keys: block(keys, column) };
          sum += size * (await engine.evaluate(spec, tile)).loss;
          // Off the diagonal nobody matches, yet the tile took its own diagonal for matches: softplus(x) = softplus(-x) + x.
          if (row !== column) sum += await diagonalLogits(engine, tile, size, values);
        }
      }
      // The logits of the diagonals come in single precision from every engine.
      const tolerance = pairs * tiles * meanLoss('cpu', (2 * total) / pairs + m, m);
      readings.push(equal(`sum over ${tiles} x ${tiles} tiles, beside N x loss`, sum, total, tolerance));
    }
    return readings;
  },
};

async function diagonalLogits(
  engine: Engine,
  tile: PairedBatch,
  size: number,
  { logitScale, logitBias, normalize }: Record<string, unknown>,
): Promise<number> {
  const similarity = await engine.similarity(tile, { metric: normalize ? 'cosine' : 'dot' });
  let sum = 0;
  for (let pair = 0; pair < size; pair++) {
    sum += Number(logitScale) * similarity[pair * (size + 1)] + Number(logitBias);
  }
  return sum;
}
