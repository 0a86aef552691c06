import { pairCount } from '../../data/dataset.ts';
import type { Engine } from '../../engine/engine.ts';
import { InputError } from '../../engine/input-error.ts';
import { resolve } from '../resolve.ts';
import { centroidCosines } from './centroids.ts';
import { arePositives, labelsOf, temperatureOf } from './cloud.ts';
import type { Cloud } from './cloud.ts';
import { gradientSignalToNoise } from './gradient-noise.ts';
import { histogram } from './histogram.ts';
import type { Histogram } from './histogram.ts';
import { nearest, neighbourAccuracy, occurrenceSkew } from './nearest.ts';
import { softmaxEntropies } from './softmax-entropy.ts';
import { effectiveRank, singularValues } from './spectrum.ts';

/** Bins of the histograms of cosines. */
const BINS = 40;
/** Hubness is told by occurrences among so many nearest; the field's number. */
const HUB_NEIGHBOURS = 10;
/** Members of classes vote among so many nearest. */
const VOTERS = 5;
/** A matrix of more classes than these is not for reading. */
const MOST_CLASSES = 16;

/** What the points of a run look like. A field that means nothing for the run is undefined. */
export interface Geometry {
  step: number;
  /** How many points were looked at. */
  points: number;
  /** Standard deviations along the principal axes, largest first. */
  singularValues: Float64Array;
  effectiveRank: number;
  /** classes x classes. */
  centroidCosines: Float64Array | undefined;
  classes: number;
  /** Leave-one-out, by `voters` nearest neighbours. */
  neighbourAccuracy: number | undefined;
  voters: number;
  positives: Histogram;
  negatives: Histogram;
  /** Mean entropy of the anchors' softmax over their negatives, and the mean of exp of it. */
  softmax: { entropy: number; effectiveNegatives: number; negatives: number } | undefined;
  /** Of the gradient of a mini-batch against that of all pairs. */
  signalToNoise: number | undefined;
  /** Skew of the 10-occurrence. */
  hubness: number | undefined;
}

/** Measures a cloud with an engine's kernels. */
export async function measureGeometry(engine: Engine, cloud: Cloud): Promise<Geometry> {
  const { start, hyperparameters, step, embeddings } = cloud;
  const { dataset, dimension } = start;
  const { points } = dataset;
  const { values } = resolve(hyperparameters);
  const labels = labelsOf(dataset);
  const classes = dataset.kind === 'classes' ? dataset.classes : 0;
  const voters = dataset.kind === 'classes' ? Math.min(VOTERS, Math.floor(points / classes) - 1) : 1;

  const everyone = { dimension, embeddings, labels: labels ?? new Uint32Array(points) };
  const similarity = await engine.similarity(everyone);
  const isPositive = arePositives(dataset);
  const cosines = (positive: boolean) => pairsOf(similarity, points, (a, b) => isPositive(a, b) === positive);

  const rank = singularValues(embeddings, dimension);
  const neighbours = (k: number) => nearest(similarity, points, k);
  const negatives = histogram(cosines(false), BINS);
  const temperature = temperatureOf(values);
  return {
    step,
    points,
    singularValues: rank,
    effectiveRank: effectiveRank(rank),
    centroidCosines:
      labels && classes > 1 && classes <= MOST_CLASSES
        ? centroidCosines(embeddings, dimension, labels, classes)
        : undefined,
    classes,
    neighbourAccuracy:
      labels && voters > 0 ? neighbourAccuracy(neighbours(voters), voters, labels) : undefined,
    voters,
    positives: histogram(cosines(true), BINS),
    negatives,
    softmax:
      temperature !== undefined && negatives.count > 0
        ? await softmaxOf(engine, similarity, points, temperature, isPositive)
        : undefined,
    signalToNoise: pairCount(dataset) > 0 ? await signalToNoise(engine, cloud) : undefined,
    hubness: points > HUB_NEIGHBOURS ? occurrenceSkew(neighbours(HUB_NEIGHBOURS), HUB_NEIGHBOURS) : undefined,
  };
}

/** The entries of a square matrix above its diagonal whose two points are as wanted. */
function* pairsOf(
  matrix: Float32Array,
  size: number,
  wanted: (row: number, column: number) => boolean,
): Generator<number> {
  for (let row = 0; row < size; row++) {
    for (let column = row + 1; column < size; column++) {
      if (wanted(row, column)) yield matrix[row * size + column];
    }
  }
}

async function softmaxOf(
  engine: Engine,
  similarity: Float32Array,
  points: number,
  temperature: number,
  isPositive: (a: number, b: number) => boolean,
): Promise<Geometry['softmax']> {
  const isNegative = (a: number, b: number) => a !== b && !isPositive(a, b);
  const shape = { rows: points, columns: points };
  const entropies = await softmaxEntropies(engine, similarity, shape, temperature, isNegative);
  let negatives = 0;
  for (let other = 1; other < points; other++) negatives += Number(isNegative(0, other));
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / points;
  return { entropy: mean(entropies), effectiveNegatives: mean(entropies.map(Math.exp)), negatives };
}

/** Undefined where the loss refuses a batch of these points, as one without negatives. */
async function signalToNoise(engine: Engine, cloud: Cloud): Promise<number | undefined> {
  const { start, hyperparameters, step, embeddings } = cloud;
  try {
    return await gradientSignalToNoise(
      engine,
      hyperparameters.loss,
      { ...start, step },
      embeddings,
      hyperparameters.batchPairs,
    );
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
