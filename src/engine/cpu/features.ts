import type { Slices } from '../slices.ts';

/** Points that are worked on between two looks at the clock. */
const BLOCK = 64;

/** What batch normalization adds to a variance. */
const SMALLEST_VARIANCE = 1e-5;

/** The features of one tower, centred over the batch and, for correlations, of variance 1. */
export interface Features {
  /** count x dimension. */
  values: Float64Array;
  /** What the centred values were multiplied by, one per feature. */
  inverseDeviations: Float64Array;
}

/**
 * Shifts every feature by its value at the first point before anything is averaged, so that a large mean costs no
 * digits and a constant feature leaves nothing. Spends one unit of work per point.
 */
export async function openFeatures(
  vectors: Float64Array,
  dimension: number,
  standardize: boolean,
  slices: Slices,
): Promise<Features> {
  const count = vectors.length / dimension;
  const values = new Float64Array(vectors.length);
  const means = new Float64Array(dimension);
  const squares = new Float64Array(dimension);
  await forEachBlock(vectors.length, dimension, slices, 1 / 3, (from, to) => {
    for (let at = from, feature = 0; at < to; at++, feature++) {
      if (feature === dimension) feature = 0;
      values[at] = vectors[at] - vectors[feature];
      means[feature] += values[at] / count;
    }
  });
  await forEachBlock(vectors.length, dimension, slices, 1 / 3, (from, to) => {
    for (let at = from, feature = 0; at < to; at++, feature++) {
      if (feature === dimension) feature = 0;
      values[at] -= means[feature];
      squares[feature] += values[at] * values[at];
    }
  });
  const inverseDeviations = squares.map((sum) =>
    standardize ? 1 / Math.sqrt(sum / count + SMALLEST_VARIANCE) : 1,
  );
  await forEachBlock(vectors.length, dimension, slices, 1 / 3, (from, to) => {
    for (let at = from, feature = 0; at < to; at++, feature++) {
      if (feature === dimension) feature = 0;
      values[at] *= inverseDeviations[feature];
    }
  });
  return { values, inverseDeviations };
}

/**
 * left^T right / divisor, dimension x dimension. Four points at a time, so that an entry is loaded and stored once for
 * four products. Spends one unit of work per point.
 */
export async function multiplyFeatures(
  left: Float64Array,
  right: Float64Array,
  dimension: number,
  divisor: number,
  slices: Slices,
): Promise<Float64Array> {
  const product = new Float64Array(dimension * dimension);
  await forEachBlock(left.length, dimension, slices, 1, (from, to) => {
    let point = from;
    for (; point + 4 * dimension <= to; point += 4 * dimension) {
      const [at1, at2, at3] = [point + dimension, point + 2 * dimension, point + 3 * dimension];
      for (let j = 0; j < dimension; j++) {
        const left0 = left[point + j];
        const left1 = left[at1 + j];
        const left2 = left[at2 + j];
        const left3 = left[at3 + j];
        const row = j * dimension;
        for (let k = 0; k < dimension; k++) {
          product[row + k] +=
            left0 * right[point + k] +
            left1 * right[at1 + k] +
            left2 * right[at2 + k] +
            left3 * right[at3 + k];
        }
      }
    }
    for (; point < to; point += dimension) {
      for (let j = 0; j < dimension; j++) {
        const component = left[point + j];
        for (let k = 0; k < dimension; k++) product[j * dimension + k] += component * right[point + k];
      }
    }
  });
  for (let at = 0; at < product.length; at++) product[at] /= divisor;
  return product;
}

/**
 * Visits every point with matrix x its vector, which is the same memory each time. Four rows of the matrix at a time,
 * so that a component is loaded once for four products. Spends one unit of work per point.
 */
export async function mixFeatures(
  vectors: Float64Array,
  matrix: Float64Array,
  dimension: number,
  slices: Slices,
  visit: (start: number, mixed: Float64Array) => void,
): Promise<void> {
  const mixed = new Float64Array(dimension);
  await forEachBlock(vectors.length, dimension, slices, 1, (from, to) => {
    for (let start = from; start < to; start += dimension) {
      let row = 0;
      for (; row + 4 <= dimension; row += 4) {
        const at0 = row * dimension;
        const at1 = at0 + dimension;
        const at2 = at1 + dimension;
        const at3 = at2 + dimension;
        let sum0 = 0;
        let sum1 = 0;
        let sum2 = 0;
        let sum3 = 0;
        for (let k = 0; k < dimension; k++) {
          const component = vectors[start + k];
          sum0 += matrix[at0 + k] * component;
          sum1 += matrix[at1 + k] * component;
          sum2 += matrix[at2 + k] * component;
          sum3 += matrix[at3 + k] * component;
        }
        mixed[row] = sum0;
        mixed[row + 1] = sum1;
        mixed[row + 2] = sum2;
        mixed[row + 3] = sum3;
      }
      for (; row < dimension; row++) {
        let sum = 0;
        for (let k = 0; k < dimension; k++) sum += matrix[row * dimension + k] * vectors[start + k];
        mixed[row] = sum;
      }
      visit(start, mixed);
    }
  });
}

export function transposed(matrix: Float64Array, dimension: number): Float64Array {
  return matrix.map((_, at) => matrix[(at % dimension) * dimension + Math.floor(at / dimension)]);
}

/** Visits indices from..to of whole points, a block at a time. */
export async function forEachBlock(
  length: number,
  dimension: number,
  slices: Slices,
  unitsPerPoint: number,
  visit: (from: number, to: number) => void,
): Promise<void> {
  for (let from = 0; from < length; from += BLOCK * dimension) {
    const to = Math.min(from + BLOCK * dimension, length);
    visit(from, to);
    if (slices.spend((unitsPerPoint * (to - from)) / dimension)) await slices.next();
  }
}
