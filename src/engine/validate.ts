import type { BatchKind, ParameterValues } from '../losses/loss.ts';
import type { AnyLoss, LossSpec } from '../losses/registry.ts';
import { resolveLoss } from '../losses/registry.ts';
import type { Batch, LabelledBatch, Metric, PairedBatch } from './engine.ts';
import { isLabelled, vectorsOf } from './engine.ts';
import { InputError } from './input-error.ts';

/** How the pairs of a batch are laid out: what every engine works with once the batch has been checked. */
export interface BatchLayout {
  /** labelled: one set, rows and columns are the same points. paired: queries against keys. */
  kind: BatchKind;
  dimension: number;
  /** Embeddings, or queries. */
  rows: number;
  /** Embeddings; or keys, followed by the extra negatives. */
  columns: number;
  /** How many of the columns are extra negatives. */
  extraNegatives: number;
}

const METRICS: readonly Metric[] = ['cosine', 'dot', 'euclidean'];

/** Single precision ends at 3.4e38. */
const LARGEST = 1e38;

function reject(argument: string, expected: string): never {
  throw new InputError(argument, expected);
}

/**
 * Checks everything about an evaluation that does not depend on the device.
 * @throws InputError naming the argument and what was expected.
 */
export function validateEvaluation(
  spec: LossSpec,
  batch: Batch,
): { loss: AnyLoss; values: ParameterValues; layout: BatchLayout } {
  const { loss, values } = resolveLoss(spec, reject);
  const layout = validateBatch(batch);
  if (layout.kind !== loss.batch && !loss.takesSimilar) {
    const wanted = loss.batch === 'labelled' ? 'embeddings and labels' : 'queries and keys';
    reject('batch', `${loss.name} takes ${wanted}`);
  }
  if (layout.extraNegatives > 0 && !loss.extraNegatives) {
    reject('batch.negatives', `${loss.name} takes no extra negatives`);
  }
  if (!isLabelled(batch)) expectSimilar(loss, batch);
  if (isLabelled(batch) && layout.rows > 1) {
    expectNegatives(
      loss,
      batch.labels.some((label) => label !== batch.labels[0]),
    );
  }
  rejectOverflow(batch, layout, Boolean(values.normalize), 'logits', (similarity) =>
    Math.max(similarity, loss.largestLogit(values, similarity)),
  );
  return { loss, values, layout };
}

function expectSimilar({ name, takesSimilar }: AnyLoss, { similar }: PairedBatch): void {
  if (takesSimilar && similar === undefined) {
    reject('batch.similar', `${name} has to know which pairs are similar; expected 1 or 0 per pair`);
  }
  if (!takesSimilar && similar !== undefined) {
    reject('batch.similar', `${name} has no use for it; keys[i] is the positive of queries[i]`);
  }
}

/** @throws InputError when the loss cannot do without negatives and the batch has none. */
export function expectNegatives(loss: AnyLoss, hasNegatives: boolean): void {
  if (loss.needsNegatives && !hasNegatives) {
    reject('batch.labels', `${loss.name} needs negatives; expected at least two classes, or two pairs`);
  }
}

/**
 * Checks the batch of a similarity matrix, and its metric.
 * @throws InputError naming the argument and what was expected.
 */
export function validateSimilarity(batch: Batch, metric: Metric): BatchLayout {
  if (!METRICS.includes(metric)) {
    reject('metric', `expected one of ${METRICS.map((known) => `'${known}'`).join(', ')}, got ${metric}`);
  }
  const layout = validateBatch(batch);
  if (metric === 'euclidean') {
    rejectOverflow(batch, layout, false, 'squared distances', (product) => 4 * product);
  } else {
    rejectOverflow(batch, layout, metric === 'cosine', 'dot products', (product) => product);
  }
  return layout;
}

/**
 * Checks a batch on its own: kinds of arrays, lengths, and that every component is finite.
 * @throws InputError naming the argument and what was expected.
 */
export function validateBatch(batch: Batch): BatchLayout {
  if (typeof batch !== 'object' || batch === null) {
    reject('batch', 'expected { dimension, embeddings, labels } or { dimension, queries, keys }');
  }
  if (!Number.isInteger(batch.dimension) || batch.dimension < 1) {
    reject('batch.dimension', `expected a positive whole number, got ${batch.dimension}`);
  }
  const given = batch as unknown as Record<string, unknown>;
  if ((given.embeddings === undefined) === (given.queries === undefined)) {
    reject('batch', 'expected either embeddings and labels, or queries and keys');
  }
  const [others, own] = isLabelled(batch)
    ? [['keys', 'negatives', 'similar'], 'embeddings and labels']
    : [['labels'], 'queries and keys'];
  for (const name of others) {
    if (given[name] !== undefined) reject(`batch.${name}`, `does not go with ${own}`);
  }
  return isLabelled(batch) ? validateLabelled(batch) : validatePaired(batch);
}

function validateLabelled({ dimension, embeddings, labels }: LabelledBatch): BatchLayout {
  const rows = countVectors('batch.embeddings', embeddings, dimension);
  if (!(labels instanceof Uint32Array))
    reject('batch.labels', 'expected a Uint32Array, one label per embedding');
  expectLength('batch.labels', labels, rows, 'one label per embedding');
  return { kind: 'labelled', dimension, rows, columns: rows, extraNegatives: 0 };
}

function validatePaired({ dimension, queries, keys, negatives, similar }: PairedBatch): BatchLayout {
  const rows = countVectors('batch.queries', queries, dimension);
  countVectors('batch.keys', keys, dimension);
  expectLength('batch.keys', keys, queries.length, 'as many keys as queries');
  const extraNegatives = negatives === undefined ? 0 : countVectors('batch.negatives', negatives, dimension);
  if (similar !== undefined) {
    if (!(similar instanceof Uint8Array)) reject('batch.similar', 'expected a Uint8Array, 1 or 0 per pair');
    expectLength('batch.similar', similar, rows, '1 or 0 per pair');
    if (similar.some((value) => value > 1)) reject('batch.similar', 'expected nothing but 0 and 1');
  }
  return { kind: 'paired', dimension, rows, columns: rows + extraNegatives, extraNegatives };
}

/** How many vectors an array holds, once it is sure that it holds whole vectors of finite numbers. */
function countVectors(argument: string, array: Float32Array, dimension: number): number {
  if (!(array instanceof Float32Array)) reject(argument, 'expected a Float32Array');
  if (array.length === 0) reject(argument, 'expected at least one vector, got none');
  if (array.length % dimension !== 0) {
    reject(argument, `expected a multiple of the dimension ${dimension}, got ${array.length} numbers`);
  }
  expectFinite(argument, array);
  return array.length / dimension;
}

function expectLength(argument: string, array: ArrayLike<number>, length: number, meaning: string): void {
  if (array.length !== length) {
    reject(argument, `expected ${length} numbers (${meaning}), got ${array.length}`);
  }
}

function expectFinite(argument: string, array: Float32Array): void {
  for (let index = 0; index < array.length; index++) {
    if (!Number.isFinite(array[index])) {
      reject(argument, `expected finite numbers, got ${array[index]} at index ${index}`);
    }
  }
}

/**
 * Raw vectors can be so long, and parameters so large, that single precision cannot hold what the products of vectors
 * lead to, nor the sum of one per row.
 */
function rejectOverflow(
  batch: Batch,
  { dimension, rows }: BatchLayout,
  normalized: boolean,
  what: string,
  largestAt: (product: number) => number,
): void {
  const limit = LARGEST / rows;
  const refuse = (argument: string, wanted: string, largest: number) =>
    reject(
      argument,
      `expected ${wanted}; ${what} may reach ${largest.toExponential(1)}, above ${limit.toExponential(1)}`,
    );
  const ofUnitVectors = largestAt(1);
  if (ofUnitVectors > limit) refuse('loss', 'smaller parameters', ofUnitVectors);
  if (normalized) return;
  const largest = largestAt(Math.max(...vectorsOf(batch).map((vectors) => longest(vectors, dimension))) ** 2);
  if (largest > limit) {
    refuse(isLabelled(batch) ? 'batch.embeddings' : 'batch.queries', 'shorter vectors', largest);
  }
}

function longest(vectors: Float32Array, dimension: number): number {
  let longestSquared = 0;
  for (let start = 0; start < vectors.length; start += dimension) {
    let squared = 0;
    for (let index = start; index < start + dimension; index++) squared += vectors[index] * vectors[index];
    longestSquared = Math.max(longestSquared, squared);
  }
  return Math.sqrt(longestSquared);
}

/**
 * Checks the arguments of `Engine.softmax`.
 * @throws InputError naming the argument and what was expected.
 */
export function validateSoftmax(
  logits: Float32Array,
  shape: { rows: number; columns: number },
  temperature: number,
): void {
  for (const side of ['rows', 'columns'] as const) {
    if (!Number.isInteger(shape?.[side]) || shape[side] < 1) {
      reject(`shape.${side}`, `expected a positive whole number, got ${shape?.[side]}`);
    }
  }
  if (!(logits instanceof Float32Array)) reject('logits', 'expected a Float32Array');
  expectLength('logits', logits, shape.rows * shape.columns, `${shape.rows} x ${shape.columns}`);
  expectFinite('logits', logits);
  if (typeof temperature !== 'number' || !(temperature >= 1e-30 && temperature <= 1e30)) {
    reject('temperature', `expected a number greater than 0, from 1e-30 to 1e30, got ${temperature}`);
  }
  const largest = logits.reduce((maximum, logit) => Math.max(maximum, Math.abs(logit)), 0);
  if (largest / temperature > LARGEST) {
    reject('temperature', `expected one that keeps logits / temperature below ${LARGEST}`);
  }
}
