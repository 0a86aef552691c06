import type { Engine } from '../engine/engine.ts';
import { isLabelled } from '../engine/engine.ts';
import { centroidCosines, meanOffDiagonal } from '../simulation/geometry/centroids.ts';
import { labelsOf } from '../simulation/geometry/cloud.ts';
import type { Cloud } from '../simulation/geometry/cloud.ts';
import { histogram } from '../simulation/geometry/histogram.ts';
import { fullBatch, settingsOf, simplex } from './configurations.ts';
import { descend } from './descend.ts';
import { meanLoss } from './tolerances.ts';
import { atLeast, atMost, equal } from './truth.ts';
import type { Configuration, Truth } from './truth.ts';

/** Below this, trainings stop long before their optimum: the gradient has vanished. */
const LEAST_TEMPERATURE = 0.2;

/** Training steps until classes rest. */
const STEPS = 900;

/** SupCon with all of its parts, on unit vectors in classes. */
function isSupervised(configuration: Configuration): boolean {
  const { loss, values } = settingsOf(configuration);
  const { kind, classes } = configuration.start.dataset;
  const inFull = values.normalize && values.negatives && values.form === 'out';
  return loss.kind === 'sup-con' && Boolean(inFull) && kind === 'classes' && classes > 1;
}

/** Points of a cloud with equally many of each class, at least two. */
function balanced({ start, embeddings }: Cloud) {
  const { dataset, dimension } = start;
  const members = Math.floor(dataset.points / dataset.classes);
  const points = members * dataset.classes;
  return {
    members,
    labels: labelsOf({ ...dataset, points })!,
    embeddings: embeddings.slice(0, points * dimension),
  };
}

/** Truth 6. */
export const classSimplex: Truth = {
  number: 6,
  name: 'SupCon simplex',
  sentence:
    'Balanced classes have their optimum where each is one point and all are corners of a regular simplex: cosine -1/(K - 1) between classes, 1 within. The loss there, about ln(n - 1) for n points a class and not 0, is the lowest there is.',
  source: 'Graf et al. 2021, Dissecting Supervised Contrastive Learning',
  watches: 'cloud',
  applies(configuration) {
    const { classes } = configuration.start.dataset;
    return isSupervised(configuration) && configuration.start.dimension >= classes - 1;
  },
  async evaluate(engine, cloud) {
    const { dataset, dimension } = cloud.start;
    const { classes } = dataset;
    const temperature = Number(settingsOf(cloud).values.temperature);
    const { members, labels, embeddings } = balanced(cloud);
    const spec = { kind: 'sup-con', temperature } as const;
    const costOf = async (vectors: Float32Array) =>
      (await engine.evaluate(spec, { dimension, embeddings: vectors, labels })).loss;

    const corners = simplex(classes, dimension);
    const atCorners = Float32Array.from(embeddings, (_, index) => {
      const label = labels[Math.floor(index / dimension)];
      return corners[label * dimension + (index % dimension)];
    });
    const lowest = Math.log(
      members - 1 + members * (classes - 1) * Math.exp(-classes / ((classes - 1) * temperature)),
    );
    const tolerance = meanLoss(engine.backend, lowest, 1 / temperature);

    const between = meanOffDiagonal(centroidCosines(embeddings, dimension, labels, classes));
    const similarity = await engine.similarity({ dimension, embeddings, labels });
    const within = similarity.filter((_, index) => {
      const [row, column] = [Math.floor(index / labels.length), index % labels.length];
      return row !== column && labels[row] === labels[column];
    });
    return [
      equal('loss at the simplex', await costOf(atCorners), lowest, Math.max(tolerance, 1e-6)),
      atLeast('loss of these points', await costOf(embeddings), lowest, Math.max(tolerance, 1e-6)),
      atLeast('mean cosine between their classes', between, -1 / (classes - 1), 1e-6),
      atMost('mean cosine within them', histogram(within, 1).mean, 1, 1e-6),
    ];
  },
};

/** Truth 7. */
export const brokenSimplex: Truth = {
  number: 7,
  name: 'Where the simplex breaks',
  sentence:
    'Four classes on a circle have no simplex: they rest at right angles, cosines 0 and -1. Classes of 24, 4 and 4 points have unequal cosines, about -0.57, -0.57 and -0.35 at temperature 0.2.',
  source: 'Graf et al. 2021, Dissecting Supervised Contrastive Learning, and a float64 descent',
  watches: 'settings',
  applies(configuration) {
    const { classes } = configuration.start.dataset;
    return isSupervised(configuration) && (classes === 4 || classes === 3);
  },
  async evaluate(engine, cloud) {
    const temperature = Math.max(Number(settingsOf(cloud).values.temperature), LEAST_TEMPERATURE);
    const four = await cosinesOfClasses(engine, [8, 8, 8, 8], temperature);
    const unequal = await cosinesOfClasses(engine, [24, 4, 4], LEAST_TEMPERATURE);
    const tolerance = 0.02;
    return [
      equal('four classes on a circle: lowest cosine', four[0], -1, tolerance),
      equal('four classes on a circle: highest cosine', four[5], 0, tolerance),
      equal('24, 4 and 4 points: lowest cosine', unequal[0], -0.57, tolerance),
      equal('24, 4 and 4 points: highest cosine', unequal[2], -0.35, tolerance),
    ];
  },
};

/** Where classes of these sizes come to rest on a circle: the cosines of their centroids, ascending. */
async function cosinesOfClasses(
  engine: Engine,
  sizes: readonly number[],
  temperature: number,
): Promise<number[]> {
  const labels = Uint32Array.from(sizes.flatMap((size, label) => Array<number>(size).fill(label)));
  const { embeddings } = await descend(
    engine,
    { kind: 'sup-con', temperature },
    { labels, dimension: 2 },
    { steps: STEPS, seed: 1 },
  );
  const cosines = centroidCosines(embeddings, 2, labels, sizes.length);
  return [...cosines]
    .filter((_, index) => index % sizes.length < Math.floor(index / sizes.length))
    .toSorted((a, b) => a - b);
}

/** Truth 8. */
export const instanceSimplex: Truth = {
  number: 8,
  name: 'Instance simplex',
  sentence:
    'The lowest loss of two-view InfoNCE over N pairs is ln(1 + (N - 1) exp(-N / ((N - 1) temperature))): partners coincide at the corners of a regular simplex, where there is room for one (dimension N - 1).',
  source: 'Graf et al. 2021; Lu and Steinerberger 2022, Neural Collapse under Cross-Entropy Loss',
  watches: 'cloud',
  applies(configuration) {
    const { loss, values } = settingsOf(configuration);
    const paired = loss.kind === 'info-nce' || loss.kind === 'clip';
    return paired && Boolean(values.normalize && values.negatives) && configuration.start.dataset.points >= 4;
  },
  async evaluate(engine, cloud) {
    const { values } = settingsOf(cloud);
    const temperature = 'temperature' in values ? Number(values.temperature) : 1 / Number(values.logitScale);
    const spec = cloud.hyperparameters.loss;
    const { dimension } = cloud.start;
    const batch = fullBatch(cloud);
    if (isLabelled(batch)) return [];
    const lowestOf = (pairs: number) =>
      Math.log1p((pairs - 1) * Math.exp(-pairs / ((pairs - 1) * temperature)));
    const tolerance = (loss: number) => Math.max(meanLoss(engine.backend, loss, 1 / temperature), 1e-7);

    const pairs = batch.queries.length / dimension;
    const few = Math.min(pairs, dimension + 1, 64);
    const corners = simplex(few, dimension);
    const atCorners = await engine.evaluate(spec, { dimension, queries: corners, keys: corners });
    const lowest = lowestOf(pairs);
    return [
      equal(`loss of ${few} pairs at a simplex`, atCorners.loss, lowestOf(few), tolerance(lowestOf(few))),
      atLeast('loss of these points', (await engine.evaluate(spec, batch)).loss, lowest, tolerance(lowest)),
    ];
  },
};
