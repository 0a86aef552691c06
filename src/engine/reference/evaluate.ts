import type { ParameterValues } from '../../losses/loss.ts';
import type { AnyPairLoss, AnyPointLoss, LossSpec } from '../../losses/registry.ts';
import type { Batch, EvaluateOptions, Evaluation } from '../engine.ts';
import { Slices } from '../slices.ts';
import { expectRoom, expectRoomForFeatures } from '../stored-matrix.ts';
import type { Towers } from '../towers.ts';
import { closeTowers, openTowers } from '../towers.ts';
import { validateEvaluation } from '../validate.ts';
import type { BatchLayout } from '../validate.ts';
import { buildPairs, BYTES_PER_PAIR } from './pairs.ts';
import { pointsOf } from './points.ts';

/** Engine.evaluate, the plain way. */
export async function evaluate(
  spec: LossSpec,
  batch: Batch,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { loss, values, layout } = validateEvaluation(spec, batch);
  return loss.skeleton === 'pairs'
    ? evaluatePairs(loss, values, layout, batch, options)
    : evaluatePoints(loss, values, layout, batch, options);
}

/** Stores the matrix of pairs, applies the formula, chains the pulls back to the points. */
async function evaluatePairs(
  loss: AnyPairLoss,
  values: ParameterValues,
  layout: BatchLayout,
  batch: Batch,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { rows, columns } = layout;
  expectRoom(rows, columns, BYTES_PER_PAIR);
  const slices = new Slices(2 * (rows + columns) + 3 * rows, options);

  const towers = await openTowers(batch, Boolean(values.normalize), slices);
  const pairs = await buildPairs(batch, layout, towers, slices);
  const result = loss.formula(pairs, values, pairs);
  if (slices.spend(rows)) await slices.next();

  const evaluation: Evaluation = { loss: result.loss, count: result.count };
  if (options.rowLosses) evaluation.rowLosses = new Float32Array(result.rowLosses);
  if (!options.gradient) return evaluation;

  const sums = { pull: 0, pullSimilarity: 0 };
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const pull = result.pull[row * columns + column];
      sums.pull += pull;
      sums.pullSimilarity += pull * pairs.similarity[row * columns + column];
      addPull(towers, row, column, pull);
    }
    if (slices.spend(1)) await slices.next();
  }
  evaluation.gradient = await closeTowers(batch, towers, 1, slices);
  evaluation.parameterGradients = loss.parameterGradients(values, sums);
  return evaluation;
}

/**
 * Bytes that the formulas over points keep, about, of each pair of points (an object for distances, its distance and its
 * pull for triplets), and of each pair of features.
 */
const BYTES_PER_DISTANCE = 100;
const BYTES_PER_TRIPLET_PAIR = 32;
const BYTES_PER_FEATURE_PAIR = 4 * 8;

function expectRoomForFormula(loss: AnyPointLoss, { kind, dimension, rows }: BatchLayout): void {
  switch (loss.skeleton) {
    case 'features':
      expectRoomForFeatures(dimension, BYTES_PER_FEATURE_PAIR);
      break;
    case 'triplets':
      expectRoom(rows, rows, BYTES_PER_TRIPLET_PAIR);
      break;
    case 'distances':
      if (kind === 'labelled' || loss.meetsOwnTower) expectRoom(rows, rows, BYTES_PER_DISTANCE);
  }
}

/** Applies the formula to the points. */
async function evaluatePoints(
  loss: AnyPointLoss,
  values: ParameterValues,
  layout: BatchLayout,
  batch: Batch,
  options: EvaluateOptions,
): Promise<Evaluation> {
  expectRoomForFormula(loss, layout);
  const slices = new Slices(3 * (layout.rows + layout.columns), options);
  const towers = await openTowers(batch, Boolean(values.normalize), slices);
  const points = pointsOf(batch, layout, towers);
  const result = loss.formula(points, values, points);
  if (slices.spend(layout.rows + layout.columns)) await slices.next();

  const evaluation: Evaluation = { loss: result.loss, count: result.count };
  if (options.rowLosses) evaluation.rowLosses = new Float32Array(result.rowLosses);
  if (!options.gradient) return evaluation;

  towers.rows.gradient.set(result.rows.gradient);
  towers.columns.gradient.set(result.columns.gradient);
  evaluation.gradient = await closeTowers(batch, towers, 1, slices);
  evaluation.parameterGradients = {};
  return evaluation;
}

/** d(u . v) = v du + u dv. */
function addPull({ dimension, rows, columns }: Towers, row: number, column: number, pull: number): void {
  for (let index = 0; index < dimension; index++) {
    const left = row * dimension + index;
    const right = column * dimension + index;
    rows.gradient[left] += pull * columns.vectors[right];
    columns.gradient[right] += pull * rows.vectors[left];
  }
}
