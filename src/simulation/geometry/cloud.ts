import type { Dataset } from '../../data/dataset.ts';
import type { ParameterValues } from '../../losses/loss.ts';
import type { Hyperparameters, Start } from '../settings.ts';

/** Points of a run that are looked at, at most: their pairs can be stored, and are enough for a steady number. */
const OBSERVED = 512;

/** A run at one moment, cut down to its first points: what is measured, and held against what must be so. */
export interface Cloud {
  start: Start;
  hyperparameters: Hyperparameters;
  step: number;
  /** start.dataset.points x start.dimension, row-major. */
  embeddings: Float32Array;
}

/**
 * The first points of a run, with the same share of their pairs in a batch; whole pairs, as many of each class.
 * @param embeddings of the whole run, points x dimension.
 */
export function observe(
  start: Start,
  hyperparameters: Hyperparameters,
  state: { step: number; embeddings: Float32Array },
  most = OBSERVED,
): Cloud {
  const { dataset, dimension } = start;
  const points = Math.min(dataset.points, most);
  const classes = Math.min(dataset.classes, Math.floor(points / 2));
  return {
    start: { ...start, dataset: { ...dataset, points, classes } },
    hyperparameters: {
      ...hyperparameters,
      batchPairs: Math.max(1, Math.round((hyperparameters.batchPairs * points) / dataset.points)),
    },
    step: state.step,
    embeddings: state.embeddings.slice(0, points * dimension),
  };
}

/** What each point is: its class, or its pair. A ring has neither. */
export function labelsOf({ kind, points, classes }: Dataset): Uint32Array | undefined {
  if (kind === 'ring') return undefined;
  return Uint32Array.from({ length: points }, (_, point) =>
    kind === 'classes' ? point % classes : point >> 1,
  );
}

/** Whether two different points are ever positives of each other. */
export function arePositives(dataset: Dataset): (a: number, b: number) => boolean {
  const labels = labelsOf(dataset);
  if (labels) return (a, b) => labels[a] === labels[b];
  const { points } = dataset;
  return (a, b) => [1, points - 1].includes(Math.abs(a - b));
}

/** What the similarities are divided by, where the loss does that. */
export function temperatureOf(values: ParameterValues): number | undefined {
  if (typeof values.temperature === 'number') return values.temperature;
  return typeof values.logitScale === 'number' ? 1 / values.logitScale : undefined;
}
