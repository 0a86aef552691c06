import type { Engine } from '../engine/engine.ts';
import { effectiveRank, singularValues } from '../simulation/geometry/spectrum.ts';
import { uniformity } from '../simulation/metrics.ts';
import type { Start } from '../simulation/settings.ts';
import { settingsOf, softmaxTemperature } from './configurations.ts';
import { train } from './train.ts';
import { atLeast, atMost, equal } from './truth.ts';
import type { Configuration, Truth } from './truth.ts';

/** Both ends of the temperatures; between them next to nothing happens. */
const COLD = 0.03;
const WARM = 1;
const CLASSES = 8;

/** Truth 4. */
export const uniformityTolerance: Truth = {
  number: 4,
  name: 'Uniformity or tolerance',
  sentence:
    'Through an encoder a high temperature tolerates what is alike: from 0.03 to 1 points of one class close up, and uniformity loosens.',
  source: 'Wang and Liu 2021, Understanding the Behaviour of Contrastive Loss, section 4',
  watches: 'settings',
  applies: (configuration) =>
    configuration.start.encoder !== undefined && softmaxTemperature(configuration) !== undefined,
  async evaluate(engine) {
    const cold = await trainedAt(engine, COLD);
    const warm = await trainedAt(engine, WARM);
    return [
      atMost('uniformity at temperature 0.03: spread out', cold.uniformity, -2, 0),
      atLeast('cosine within a class at 1, beside 0.03', warm.cosine, cold.cosine, -0.1),
      atLeast('uniformity at 1, beside 0.03', warm.uniformity, cold.uniformity, -0.07),
    ];
  },
};

async function trainedAt(engine: Engine, temperature: number) {
  const dimension = 8;
  const points = 256;
  const embeddings = await train(
    engine,
    {
      seed: 1,
      dimension,
      dataset: { kind: 'instances', points, classes: CLASSES },
      encoder: { inputs: 16, layers: 1, width: 64, activation: 'relu' },
    },
    {
      loss: { kind: 'nt-xent', temperature },
      learningRate: 0.005,
      augmentation: { noise: 0.3, axes: 16 },
    },
    200,
  );
  const labels = new Uint32Array(points);
  const similarity = await engine.similarity({ dimension, embeddings, labels });
  // The mean over views of different things of one class.
  let [sum, count] = [0, 0];
  similarity.forEach((cosine, index) => {
    const [thing, other] = [Math.floor(index / points) >> 1, (index % points) >> 1];
    if (thing === other || thing % CLASSES !== other % CLASSES) return;
    sum += cosine;
    count++;
  });
  return { cosine: sum / count, uniformity: uniformity(embeddings, dimension) };
}

/** Points nearer than this are one. */
const TOGETHER = 0.98;

/** Truth 10. */
export const connectivity: Truth = {
  number: 10,
  name: 'Collapse is connectivity',
  sentence:
    'Without negatives as many points are left as the graph of positives has components: 32 disjoint pairs merge into 32 points, a ring or one class into one. An encoder connects everything, and collapses fully.',
  source: 'algebra, and a float64 descent',
  watches: 'settings',
  applies: (configuration) => settingsOf(configuration).values.negatives === false,
  async evaluate(engine, { start }) {
    const loss = { kind: 'nt-xent', negatives: false } as const;
    const { kind } = start.dataset;
    const classes = Math.min(start.dataset.classes, 8);
    const ofEncoder: Start = {
      seed: 1,
      dimension: 3,
      dataset: { kind: 'instances', points: 64, classes: 1 },
      encoder: { inputs: 8, layers: 1, width: 32, activation: 'relu' },
    };
    if (start.encoder) {
      const settings = { loss, learningRate: 0.01, augmentation: { noise: 0.3, axes: 8 } };
      const shared = await train(engine, ofEncoder, settings, 300);
      return [equal('points left by an encoder', await clusters(engine, shared, 3), 1, 0)];
    }
    const points = kind === 'ring' ? 16 : 64;
    const components = { instances: points / 2, classes, ring: 1 }[kind];
    const dimension = 8;
    const free: Start = { seed: 1, dimension, dataset: { kind, points, classes } };
    const embeddings = await train(engine, free, { loss, learningRate: 0.03 }, 400);
    const name = { instances: '32 disjoint pairs', classes: 'these classes', ring: 'a ring of 16' }[kind];
    return [equal(`points left of ${name}`, await clusters(engine, embeddings, dimension), components, 0)];
  },
};

/** How many points are left, when those joined by a chain of near ones count as one. */
async function clusters(engine: Engine, embeddings: Float32Array, dimension: number): Promise<number> {
  const points = embeddings.length / dimension;
  const labels = new Uint32Array(points);
  const similarity = await engine.similarity({ dimension, embeddings, labels });
  const cluster = Uint32Array.from({ length: points }, (_, point) => point);
  for (let first = 0; first < points; first++) {
    for (let second = 0; second < first; second++) {
      const [one, other] = [cluster[first], cluster[second]];
      if (one === other || similarity[first * points + second] < TOGETHER) continue;
      cluster.forEach((name, point) => {
        if (name === one) cluster[point] = other;
      });
    }
  }
  return new Set(cluster).size;
}

/** Truth 13, by the noise on half of the axes: effective rank. */
const RANKS = [
  [0.1, 15],
  [0.5, 15.1],
  [1.5, 10.7],
  [3, 9],
] as const;

export const dimensionalCollapse: Truth = {
  number: 13,
  name: 'Dimensional collapse',
  sentence:
    'A linear encoder gives up the axes that augmentation drowns: with noise on half of 16 axes the effective rank falls from 15 to about 9.',
  source: 'Jing et al. 2021, Understanding Dimensional Collapse in Contrastive Self-supervised Learning',
  watches: 'settings',
  applies: ({ start: { encoder } }: Configuration) =>
    encoder !== undefined && (encoder.layers === 0 || encoder.activation === 'linear'),
  async evaluate(engine) {
    const readings = [];
    for (const [noise, known] of RANKS) {
      const embeddings = await train(
        engine,
        {
          seed: 1,
          dimension: 16,
          dataset: { kind: 'instances', points: 512, classes: 1 },
          encoder: { inputs: 16, layers: 0, width: 1, activation: 'linear' },
        },
        {
          loss: { kind: 'nt-xent', temperature: 0.1 },
          batchPairs: 64,
          learningRate: 0.02,
          augmentation: { noise, axes: 8 },
        },
        200,
      );
      const rank = effectiveRank(singularValues(embeddings, 16));
      readings.push(equal(`effective rank at noise ${noise}`, rank, known, 1.5));
    }
    return readings;
  },
};
