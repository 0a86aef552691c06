import { pairCount } from '../data/dataset.ts';
import type { Dataset } from '../data/dataset.ts';
import type { AnyLoss, LossSpec } from '../losses/registry.ts';
import type { Hyperparameters, Start } from '../simulation/settings.ts';
import type { CloudShape } from '../render/renderer.ts';
import { lossOf } from './state.ts';
import type { State } from './state.ts';

/** Of more than these, an even choice is drawn: a haze of lines would hide the points. */
const MOST_LINKS = 256;

/** A class needs two points, so a small set holds fewer classes than asked for. */
export function datasetOf({ data, points, classes }: State): Dataset {
  return { kind: data, points, classes: Math.min(classes, Math.floor(points / 2)) };
}

export function startOf(state: State): Start {
  const { seed, dimension, inputs, layers, width, activation } = state;
  return {
    seed,
    dimension,
    dataset: datasetOf(state),
    ...(state.model === 'encoder' && { encoder: { inputs, layers, width, activation } }),
  };
}

/** Pairs that a batch holds: what was asked for, or all there are. */
export function batchPairsOf(state: State): number {
  return Math.min(state.pairs, pairCount(datasetOf(state)));
}

/** How many input coordinates get noise: what was asked for, or all there are. */
export function axesOf({ axes, inputs }: State): number {
  return Math.min(axes, inputs);
}

export function hyperparametersOf(state: State): Hyperparameters {
  return {
    loss: { kind: state.loss, ...state.parameters } as LossSpec,
    batchPairs: batchPairsOf(state),
    geometry: state.geometry,
    optimizer: state.optimizer,
    learningRate: state.rate,
    ...(state.model === 'encoder' && { augmentation: { noise: state.noise, axes: axesOf(state) } }),
  };
}

/** What the measures of a run depend on: two runs that have this in common can be compared. */
export function measuredOn(state: State): string {
  const { batchPairs, loss, geometry } = hyperparametersOf(state);
  return JSON.stringify([loss, batchPairs, geometry, datasetOf(state), state.dimension]);
}

/** What one anchor meets in a batch, for the plateaus of a loss. Classes are taken to be of equal size. */
export function encounterOf(state: State): Parameters<AnyLoss['plateaus']>[1] {
  const pairs = batchPairsOf(state);
  const { dimension } = state;
  const loss = lossOf(state);
  if (loss.batch === 'paired') return { candidates: pairs, positives: 1, dimension };
  const dataset = datasetOf(state);
  if (dataset.kind !== 'classes') return { candidates: 2 * pairs - 1, positives: 1, dimension };
  // Whoever is in a batch has a partner in it.
  const size = Math.max(2, Math.round((2 * pairs) / dataset.classes));
  const candidates = loss.isolatesPositives ? 1 + 2 * pairs - size : 2 * pairs - 1;
  return { candidates, positives: size - 1, dimension };
}

/** Colour is what a point is: its pair, its class, or its place on the ring. */
export function shapeOf({ dimension, dataset }: Start): CloudShape {
  const { kind, points, classes } = dataset;
  const hues = Float32Array.from({ length: points }, (_, point) => {
    if (kind === 'classes') return (point % classes) / classes;
    return kind === 'ring' ? point / points : Math.floor(point / 2) / Math.ceil(points / 2);
  });
  return { points, displayDimension: dimension === 2 ? 2 : 3, hues, links: linksOf(dataset) };
}

function linksOf(dataset: Dataset): Uint32Array {
  const { kind, points } = dataset;
  const { drawn, all } = linksDrawn(dataset);
  const links = Array.from({ length: drawn }, (_, link) => Math.floor((link * all) / drawn));
  return Uint32Array.from(
    links.flatMap((link) => (kind === 'ring' ? [link, (link + 1) % points] : [2 * link, 2 * link + 1])),
  );
}

/** How many positive pairs a line joins, and how many there are. Those of classes change with every step: no lines. */
export function linksDrawn({ kind, points }: Dataset): { drawn: number; all: number } {
  const all = kind === 'classes' ? 0 : kind === 'ring' ? points : Math.floor(points / 2);
  return { drawn: Math.min(all, MOST_LINKS), all };
}
