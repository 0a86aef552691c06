/**
 * How a set of points fills its space: the singular values of the centred points divided by the square root of their
 * number, which are the standard deviations along the principal axes, largest first; as many as there are coordinates.
 * Jing et al. 2021, Understanding Dimensional Collapse in Contrastive Self-supervised Learning, section 3.
 * @param vectors points x dimension, row-major.
 */
export function singularValues(vectors: ArrayLike<number>, dimension: number): Float64Array {
  return symmetricEigenvalues(covariance(vectors, dimension), dimension).map((value) =>
    Math.sqrt(Math.max(0, value)),
  );
}

/**
 * exp of the entropy of the singular values, taken as shares of their sum: from 1, all on a line, to their number, all
 * alike. 0 where all of them are 0: the points coincide.
 * Roy and Vetterli 2007, The Effective Rank: A Measure of Effective Dimensionality.
 */
export function effectiveRank(values: Float64Array): number {
  const total = values.reduce((sum, value) => sum + value, 0);
  if (total === 0) return 0;
  let entropy = 0;
  for (const value of values) if (value > 0) entropy -= (value / total) * Math.log(value / total);
  return Math.exp(entropy);
}

/** dimension x dimension, of the points around their mean. */
function covariance(vectors: ArrayLike<number>, dimension: number): Float64Array {
  const count = vectors.length / dimension;
  const mean = new Float64Array(dimension);
  for (let index = 0; index < vectors.length; index++) mean[index % dimension] += vectors[index] / count;
  const result = new Float64Array(dimension * dimension);
  const centred = new Float64Array(dimension);
  for (let start = 0; start < vectors.length; start += dimension) {
    for (let axis = 0; axis < dimension; axis++) centred[axis] = vectors[start + axis] - mean[axis];
    for (let row = 0; row < dimension; row++) {
      const factor = centred[row] / count;
      for (let column = 0; column <= row; column++) {
        result[row * dimension + column] += factor * centred[column];
      }
    }
  }
  for (let row = 0; row < dimension; row++) {
    for (let column = 0; column < row; column++) {
      result[column * dimension + row] = result[row * dimension + column];
    }
  }
  return result;
}

/**
 * The eigenvalues of a symmetric matrix, largest first: Householder reflections make it tridiagonal, then each is found
 * by bisection, counting by Sturm how many lie below (Golub and Van Loan, Matrix Computations, 8.3 and 8.4).
 */
function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  const { diagonal, offDiagonal } = tridiagonal(matrix, size);
  let bound = 0;
  for (let row = 0; row < size; row++) {
    bound = Math.max(bound, Math.abs(diagonal[row]) + offDiagonal[row] + (offDiagonal[row + 1] ?? 0));
  }
  const below = (value: number) => {
    let count = 0;
    let pivot = 1;
    for (let row = 0; row < size; row++) {
      pivot = diagonal[row] - value - (row > 0 ? offDiagonal[row] ** 2 / pivot : 0);
      if (pivot === 0) pivot = -Number.EPSILON * bound;
      if (pivot < 0) count++;
    }
    return count;
  };
  return Float64Array.from({ length: size }, (_, rank) => {
    let [low, high] = [-bound, bound];
    while (high - low > 4 * Number.EPSILON * bound) {
      const middle = (low + high) / 2;
      if (below(middle) > size - 1 - rank) high = middle;
      else low = middle;
    }
    return (low + high) / 2;
  });
}

/** offDiagonal[row] stands between row - 1 and row, and is not negative; the first is 0. */
function tridiagonal(
  matrix: Float64Array,
  size: number,
): { diagonal: Float64Array; offDiagonal: Float64Array } {
  const a = matrix.slice();
  const offDiagonal = new Float64Array(size);
  const mirror = new Float64Array(size);
  const image = new Float64Array(size);
  for (let step = 0; step < size - 1; step++) {
    let square = 0;
    for (let row = step + 1; row < size; row++) square += a[row * size + step] ** 2;
    const length = Math.sqrt(square);
    offDiagonal[step + 1] = length;
    const first = a[(step + 1) * size + step];
    // The reflection of the column below the diagonal to (-sign * length, 0, ...): v v^T scaled to a half of v . v.
    const half = square + Math.abs(first) * length;
    if (half === 0) continue;
    for (let row = step + 1; row < size; row++) mirror[row] = a[row * size + step];
    mirror[step + 1] += first < 0 ? -length : length;
    let projection = 0;
    for (let row = step + 1; row < size; row++) {
      image[row] = 0;
      for (let column = step + 1; column < size; column++) {
        image[row] += (a[row * size + column] * mirror[column]) / half;
      }
      projection += (image[row] * mirror[row]) / (2 * half);
    }
    for (let row = step + 1; row < size; row++) image[row] -= projection * mirror[row];
    for (let row = step + 1; row < size; row++) {
      for (let column = step + 1; column < size; column++) {
        a[row * size + column] -= mirror[row] * image[column] + image[row] * mirror[column];
      }
    }
  }
  return { diagonal: Float64Array.from({ length: size }, (_, row) => a[row * size + row]), offDiagonal };
}
