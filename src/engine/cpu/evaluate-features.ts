import type { ParameterValues } from '../../losses/loss.ts';
import type { FeatureRule } from '../../losses/feature-rule.ts';
import type { Constants } from '../../losses/constants.ts';
import type { AnyFeatureLoss } from '../../losses/registry.ts';
import type { Batch, EvaluateOptions, Evaluation } from '../engine.ts';
import { Slices } from '../slices.ts';
import { expectRoomForFeatures } from '../stored-matrix.ts';
import { closeTowers, openTowers } from '../towers.ts';
import type { BatchLayout } from '../validate.ts';
import { forEachBlock, mixFeatures, multiplyFeatures, openFeatures, transposed } from './features.ts';

/** What is stored of each pair of features: the matrix of either tower, its slopes, and these transposed. */
const BYTES_PER_PAIR = 4 * 8;

/**
 * The skeleton of features: a matrix over the features of the batch, the loss's functions over its entries, and their
 * slopes mixed back into the points. Memory grows with count x dimension + dimension x dimension.
 * @throws InputError when there is no room for the matrices, with the bytes wanted and the bytes there.
 */
export async function evaluateFeatures(
  loss: AnyFeatureLoss,
  values: ParameterValues,
  { dimension, rows }: BatchLayout,
  batch: Batch,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { rule } = loss;
  const constants = loss.constants(values);
  const isCorrelation = rule.matrix === 'correlation';
  expectRoomForFeatures(dimension, BYTES_PER_PAIR);
  const slices = new Slices(rows * (2 + 2 + 1 + 2 + (options.gradient ? 5 : 0)), options);

  const towers = await openTowers(batch, Boolean(values.normalize), slices);
  const [a, b] = [towers.rows.vectors, towers.columns.vectors];
  const queries = await openFeatures(a, dimension, isCorrelation, slices);
  const keys = await openFeatures(b, dimension, isCorrelation, slices);

  let squares = 0;
  await forEachBlock(a.length, dimension, slices, 1, (from, to) => {
    for (let at = from; at < to; at++) squares += (a[at] - b[at]) ** 2;
  });
  const invariance = rule.invariance(constants);
  const evaluation: Evaluation = { loss: (invariance * squares) / a.length, count: rows };

  // Of a correlation the keys see the transpose, whose terms are the same.
  const divisor = isCorrelation ? rows : Math.max(1, rows - 1);
  const matrix = isCorrelation
    ? await multiplyFeatures(queries.values, keys.values, dimension, divisor, slices)
    : await multiplyFeatures(queries.values, queries.values, dimension, divisor, slices);
  const other = isCorrelation
    ? transposed(matrix, dimension)
    : await multiplyFeatures(keys.values, keys.values, dimension, divisor, slices);
  evaluation.loss += sumTerms(rule, matrix, dimension, constants);
  if (!isCorrelation) evaluation.loss += sumTerms(rule, other, dimension, constants);
  if (options.rowLosses) evaluation.rowLosses = new Float32Array(rows).fill(evaluation.loss);
  if (!options.gradient) return evaluation;

  const attraction = (2 * invariance) / a.length;
  const sides = [
    { tower: towers.rows, own: queries, opposite: keys, against: b, matrix },
    { tower: towers.columns, own: keys, opposite: queries, against: a, matrix: other },
  ];
  for (const { tower, own, opposite, against, matrix: entries } of sides) {
    const slopes = slopesOf(rule, entries, dimension, constants);
    // What would only stretch a feature is taken back by the standardization; a covariance meets its own tower twice.
    const stretch = isCorrelation ? sumProducts(slopes, entries, dimension) : new Float64Array(dimension);
    const mixed = isCorrelation ? opposite : own;
    const factor = (isCorrelation ? 1 : 2) / divisor;
    await mixFeatures(mixed.values, slopes, dimension, slices, (start, pulled) => {
      for (let feature = 0; feature < dimension; feature++) {
        const at = start + feature;
        tower.gradient[at] =
          factor * own.inverseDeviations[feature] * (pulled[feature] - own.values[at] * stretch[feature]) +
          attraction * (tower.vectors[at] - against[at]);
      }
    });
  }
  evaluation.gradient = await closeTowers(batch, towers, 1, slices);
  evaluation.parameterGradients = {};
  return evaluation;
}

function sumTerms(rule: FeatureRule, matrix: Float64Array, dimension: number, constants: Constants): number {
  let sum = 0;
  matrix.forEach((entry, at) => (sum += rule.term(entry, at % (dimension + 1) === 0, dimension, constants)));
  return sum;
}

function slopesOf(
  rule: FeatureRule,
  matrix: Float64Array,
  dimension: number,
  constants: Constants,
): Float64Array {
  return matrix.map((entry, at) => rule.slope(entry, at % (dimension + 1) === 0, dimension, constants));
}

/** The sum over each row of slope x entry. */
function sumProducts(slopes: Float64Array, matrix: Float64Array, dimension: number): Float64Array {
  const sums = new Float64Array(dimension);
  matrix.forEach((entry, at) => (sums[Math.floor(at / dimension)] += slopes[at] * entry));
  return sums;
}
