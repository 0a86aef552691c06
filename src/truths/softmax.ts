import { normals } from '../data/random.ts';
import type { Engine } from '../engine/engine.ts';
import { arePositives } from '../simulation/geometry/cloud.ts';
import type { Cloud } from '../simulation/geometry/cloud.ts';
import { softmaxEntropies } from '../simulation/geometry/softmax-entropy.ts';
import { softmaxTemperature } from './configurations.ts';
import { gradient as gradientTolerance } from './tolerances.ts';
import { equal, representative } from './truth.ts';
import type { Reading, Truth } from './truth.ts';

const EPSILON = 2 ** -24;

/** Anchors that are looked at, each against as many candidates less one. */
const ROWS = 33;

/** Shares below this leave single precision. */
const SMALLEST_SHARE = 1e-30;

/**
 * The cosines of some anchors of a cloud, rows x rows: on the diagonal with a positive, elsewhere with negatives.
 * Undefined where there are not enough of both.
 */
async function lineUps(
  engine: Engine,
  { start, embeddings }: Cloud,
): Promise<{ cosines: Float32Array; rows: number } | undefined> {
  const { dataset, dimension } = start;
  const { points } = dataset;
  const similarity = await engine.similarity({ dimension, embeddings, labels: new Uint32Array(points) });
  const isPositive = arePositives(dataset);
  const found: { positive: number; negatives: number[] }[] = [];
  for (let anchor = 0; anchor < points && found.length < ROWS; anchor++) {
    const others = Array.from({ length: points }, (_, point) => point).filter((point) => point !== anchor);
    const positive = others.find((point) => isPositive(anchor, point));
    const negatives = others.filter((point) => !isPositive(anchor, point));
    if (positive === undefined || negatives.length === 0) continue;
    const cosine = (point: number) => similarity[anchor * points + point];
    found.push({ positive: cosine(positive), negatives: negatives.map(cosine) });
  }
  const rows = Math.min(found.length, 1 + Math.min(...found.map(({ negatives }) => negatives.length)));
  if (found.length === 0 || rows < 2) return undefined;
  const cosines = new Float32Array(rows * rows);
  found.slice(0, rows).forEach(({ positive, negatives }, row) => {
    cosines.set(negatives.slice(0, row), row * rows);
    cosines[row * rows + row] = positive;
    cosines.set(negatives.slice(row, rows - 1), row * rows + row + 1);
  });
  return { cosines, rows };
}

/**
 * dL/ds of every row, by the engine: against keys that are the axes themselves, the gradient of a raw query is just
 * that, one number per candidate.
 */
async function pullsOf(
  engine: Engine,
  cosines: Float32Array,
  rows: number,
  temperature: number,
): Promise<Float32Array> {
  const keys = Float32Array.from({ length: rows * rows }, (_, index) => Number(index % (rows + 1) === 0));
  const { gradient } = await engine.evaluate(
    { kind: 'info-nce', temperature, normalize: false },
    { dimension: rows, queries: cosines, keys },
    { gradient: true },
  );
  if (!gradient || !('queries' in gradient)) throw new Error('An evaluation of two towers gave no gradient.');
  return gradient.queries.map((value) => rows * value);
}

/** Truth 2. */
export const pullEqualsPush: Truth = {
  number: 2,
  name: 'Pull equals push',
  sentence:
    'In every row of InfoNCE the pushes on the negatives add up to the pull on the positive, which is (1 - its share) / temperature.',
  source: 'Wang and Liu 2021, Understanding the Behaviour of Contrastive Loss',
  watches: 'cloud',
  applies: (configuration) => softmaxTemperature(configuration) !== undefined,
  async evaluate(engine, cloud) {
    const temperature = softmaxTemperature(cloud)!;
    const lineUp = await lineUps(engine, cloud);
    if (!lineUp) return [];
    const { cosines, rows } = lineUp;
    const pulls = await pullsOf(engine, cosines, rows, temperature);
    const shares = await engine.softmax(cosines, { rows, columns: rows }, temperature);
    const tolerance = gradientTolerance(1 / temperature) / temperature;
    const sides = Array.from({ length: rows }, (_, row) => {
      const pull = -pulls[row * (rows + 1)];
      const line = pulls.subarray(row * rows, (row + 1) * rows);
      const push = line.reduce((sum, value) => sum + Math.abs(value), 0) - pull;
      return { push, pull, left: (1 - shares[row * (rows + 1)]) / temperature };
    });
    return [
      ...representative(
        sides.map(({ push, pull }) => equal('sum of the pushes, beside the pull', push, pull, tolerance)),
      ),
      ...representative(
        sides.map(({ pull, left }) =>
          equal('the pull, beside (1 - share) / temperature', pull, left, tolerance),
        ),
      ),
    ];
  },
};

/** By temperature: the effective number of 63 random negatives in 16 dimensions. */
const EFFECTIVE_NEGATIVES = [
  [0.01, 1.3],
  [0.05, 3.7],
  [0.2, 33.6],
  [1, 61.1],
] as const;

/** Truth 3. */
export const hardness: Truth = {
  number: 3,
  name: 'Hardness',
  sentence:
    'Two negatives push in the ratio exp((s1 - s2) / temperature): the lower the temperature, the fewer count. Of 63 random ones in 16 dimensions about 1.3 count at 0.01, and 61 at 1.',
  source: 'Wang and Liu 2021, Understanding the Behaviour of Contrastive Loss, eq. 5',
  watches: 'cloud',
  applies: (configuration) => softmaxTemperature(configuration) !== undefined,
  async evaluate(engine, cloud) {
    const temperature = softmaxTemperature(cloud)!;
    return [...(await pushRatio(engine, cloud, temperature)), ...(await effectiveNegatives(engine))];
  },
};

/** Of the two hardest negatives of each row. */
async function pushRatio(engine: Engine, cloud: Cloud, temperature: number) {
  const lineUp = await lineUps(engine, cloud);
  if (!lineUp || lineUp.rows < 3) return [];
  const { cosines, rows } = lineUp;
  const pulls = await pullsOf(engine, cosines, rows, temperature);
  const readings = Array.from({ length: rows }, (_, row) => {
    const negatives = Array.from({ length: rows }, (_unused, column) => row * rows + column)
      .filter((index) => index % (rows + 1) !== 0)
      .toSorted((a, b) => cosines[b] - cosines[a]);
    const [first, second] = negatives;
    if (pulls[second] < SMALLEST_SHARE) return [];
    const expected = Math.exp((cosines[first] - cosines[second]) / temperature);
    const tolerance = EPSILON * (96 + 24 / temperature) * expected;
    return [
      equal('push of the hardest to the second hardest', pulls[first] / pulls[second], expected, tolerance),
    ];
  });
  return representative(readings.flat());
}

/** 512 queries, each against 63 of 64 keys of its own set: one draw of negatives would decide the mean. */
async function effectiveNegatives(engine: Engine): Promise<Reading[]> {
  const [sets, size, dimension] = [8, 64, 16];
  const rows = sets * size;
  const similarity = await engine.similarity({
    dimension,
    queries: normals(rows * dimension, 7, 1),
    keys: normals(rows * dimension, 7, 2),
  });
  const columns = size - 1;
  const blocks = Float32Array.from({ length: rows * columns }, (_, index) => {
    const row = Math.floor(index / columns);
    return similarity[row * rows + Math.floor(row / size) * size + (index % columns)];
  });
  const readings: Reading[] = [];
  for (const [temperature, number] of EFFECTIVE_NEGATIVES) {
    const entropies = await softmaxEntropies(engine, blocks, { rows, columns }, temperature, () => true);
    const mean = entropies.reduce((sum, entropy) => sum + Math.exp(entropy) / rows, 0);
    readings.push(
      equal(`random negatives that count at temperature ${temperature}`, mean, number, 0.1 * number),
    );
  }
  return readings;
}
