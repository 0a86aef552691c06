import { normals } from '../data/random.ts';
import type { Engine } from '../engine/engine.ts';
import { isLabelled } from '../engine/engine.ts';
import { fullBatch, settingsOf } from './configurations.ts';
import { atMost, equal } from './truth.ts';
import type { Truth } from './truth.ts';

/** Correlated Gaussians whose mutual information is known. */
const DIMENSION = 16;
const CORRELATION = 0.8;

/** By the number of candidates: what the estimate is with the optimal critic, on average. */
const ESTIMATES = [
  [2, 0.69],
  [8, 2.07],
  [64, 4.04],
  [512, 5.78],
] as const;

const POINTS = 512;
const DRAWS = 3;

/** Truth 11. */
export const informationBound: Truth = {
  number: 11,
  name: 'Information bound',
  sentence:
    'ln N - loss never exceeds ln N, however much the two views know of each other. Gaussians that share 8.173 nats show 0.69, 2.07, 4.04 and 5.78 of them with 2, 8, 64 and 512 candidates and the best critic there is.',
  source: 'van den Oord et al. 2018, eq. 10; Poole et al. 2019, On Variational Bounds of Mutual Information',
  watches: 'cloud',
  applies(configuration) {
    const { loss, values } = settingsOf(configuration);
    return ['info-nce', 'n-pairs'].includes(loss.kind) && values.negatives !== false;
  },
  async evaluate(engine, cloud) {
    const batch = fullBatch(cloud);
    if (isLabelled(batch)) return [];
    const candidates = batch.queries.length / batch.dimension;
    const { loss } = await engine.evaluate(cloud.hyperparameters.loss, batch);
    const estimates = await gaussianEstimates(engine);
    return [
      atMost(
        `ln ${candidates} - loss of these points`,
        Math.log(candidates) - loss,
        Math.log(candidates),
        1e-6,
      ),
      ...ESTIMATES.map(([number, known], index) =>
        equal(
          `nats that ${number} candidates show of 8.173`,
          estimates[index],
          known,
          number < 64 ? 0.02 : 0.15,
        ),
      ),
    ];
  },
};

/**
 * ln N - loss with the optimal critic ln p(y | x) / p(y), of which a dot product holds all that a softmax over y sees:
 * (rho x, 1) . (y, -rho^2 |y|^2 / 2) / (1 - rho^2).
 */
async function gaussianEstimates(engine: Engine): Promise<number[]> {
  const estimates = ESTIMATES.map(() => 0);
  for (let draw = 0; draw < DRAWS; draw++) {
    const { queries, keys } = gaussians(draw);
    const pair = { dimension: DIMENSION + 1, queries, keys };
    const logits = await engine.similarity(pair, { metric: 'dot' });
    for (const [index, [columns]] of ESTIMATES.entries()) {
      let loss = 0;
      if (columns === POINTS) {
        loss = (await engine.evaluate({ kind: 'n-pairs' }, pair)).loss;
      } else {
        // Each query against a few keys around its own.
        const block = Float32Array.from({ length: POINTS * columns }, (_, entry) => {
          const row = Math.floor(entry / columns);
          return logits[row * POINTS + row - (row % columns) + (entry % columns)];
        });
        const shares = await engine.softmax(block, { rows: POINTS, columns }, 1);
        for (let row = 0; row < POINTS; row++) {
          loss -= Math.log(shares[row * columns + (row % columns)]) / POINTS;
        }
      }
      estimates[index] += (Math.log(columns) - loss) / DRAWS;
    }
  }
  return estimates;
}

function gaussians(draw: number): { queries: Float32Array; keys: Float32Array } {
  const x = normals(POINTS * DIMENSION, 31, 2 * draw);
  const noise = normals(POINTS * DIMENSION, 31, 2 * draw + 1);
  const queries = new Float32Array(POINTS * (DIMENSION + 1));
  const keys = new Float32Array(POINTS * (DIMENSION + 1));
  const rest = 1 - CORRELATION ** 2;
  for (let point = 0; point < POINTS; point++) {
    const at = point * (DIMENSION + 1);
    let square = 0;
    for (let axis = 0; axis < DIMENSION; axis++) {
      const from = point * DIMENSION + axis;
      const y = CORRELATION * x[from] + Math.sqrt(rest) * noise[from];
      queries[at + axis] = (CORRELATION * x[from]) / rest;
      keys[at + axis] = y;
      square += y * y;
    }
    queries[at + DIMENSION] = 1;
    keys[at + DIMENSION] = (-(CORRELATION ** 2) * square) / (2 * rest);
  }
  return { queries, keys };
}
