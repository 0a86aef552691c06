import { lengthOf } from './point-set.ts';

/** The features of one tower of a small batch: what the reference formulas over features are written on. */
export interface Features {
  /** count x dimension: every coordinate less its mean over the batch. */
  centred: Float64Array;
  /** count x dimension: |coordinate| + |mean|, the size it would have if the two did not cancel. */
  magnitudes: Float64Array;
  /** Mean of the squares of `centred`, one per feature. */
  variances: Float64Array;
}

export function featuresOf(vectors: Float64Array, dimension: number): Features {
  const count = vectors.length / dimension;
  const mean = (values: Float64Array, feature: number) => {
    let sum = 0;
    for (let at = feature; at < values.length; at += dimension) sum += values[at];
    return sum / count;
  };
  const each = (value: (feature: number) => number) =>
    Float64Array.from({ length: dimension }, (_, j) => value(j));
  const means = each((feature) => mean(vectors, feature));
  const centred = vectors.map((value, at) => value - means[at % dimension]);
  const squares = centred.map((value) => value * value);
  return {
    centred,
    magnitudes: vectors.map((value, at) => Math.abs(value) + Math.abs(means[at % dimension])),
    variances: each((feature) => mean(squares, feature)),
  };
}

/** left^T right / divisor, dimension x dimension, of two arrays of count x dimension. */
export function multiplyFeatures(
  left: Float64Array,
  right: Float64Array,
  dimension: number,
  divisor: number,
): Float64Array {
  const product = new Float64Array(dimension * dimension);
  for (let start = 0; start < left.length; start += dimension) {
    for (let j = 0; j < dimension; j++) {
      for (let k = 0; k < dimension; k++) {
        product[j * dimension + k] += (left[start + j] * right[start + k]) / divisor;
      }
    }
  }
  return product;
}

/** vectors matrix^T, count x dimension. */
export function mixFeatures(vectors: Float64Array, matrix: Float64Array, dimension: number): Float64Array {
  return vectors.map((_, at) => {
    const feature = at % dimension;
    const start = at - feature;
    let sum = 0;
    for (let k = 0; k < dimension; k++) sum += matrix[feature * dimension + k] * vectors[start + k];
    return sum;
  });
}

/** The sum of each row of a matrix with so many columns. */
export function sumRows(matrix: Float64Array, columns: number): Float64Array {
  return Float64Array.from({ length: matrix.length / columns }, (_, row) =>
    matrix.subarray(row * columns, (row + 1) * columns).reduce((sum, value) => sum + value, 0),
  );
}

/** The length of each vector. */
export function lengthsOf(vectors: Float64Array, dimension: number): Float64Array {
  return Float64Array.from({ length: vectors.length / dimension }, (_, row) =>
    lengthOf(vectors.subarray(row * dimension, (row + 1) * dimension)),
  );
}
