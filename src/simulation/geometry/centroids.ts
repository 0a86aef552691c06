import { dot, unit } from './vectors.ts';

/**
 * The cosines between the mean directions of the classes, classes x classes, row-major; 0 with a class whose mean is 0.
 * @param embeddings points x dimension, row-major; only their directions count.
 * @param labels one per point, 0 .. classes - 1.
 */
export function centroidCosines(
  embeddings: Float32Array,
  dimension: number,
  labels: ArrayLike<number>,
  classes: number,
): Float64Array {
  const means = new Float64Array(classes * dimension);
  for (let point = 0; point < labels.length; point++) {
    const direction = unit(embeddings, dimension, point);
    for (let axis = 0; axis < dimension; axis++) means[labels[point] * dimension + axis] += direction[axis];
  }
  const directions = Array.from({ length: classes }, (_, label) => unit(means, dimension, label));
  return Float64Array.from({ length: classes ** 2 }, (_, pair) =>
    dot(directions[Math.floor(pair / classes)], directions[pair % classes]),
  );
}

/** The mean of a square matrix without its diagonal. */
export function meanOffDiagonal(matrix: Float64Array): number {
  const size = Math.sqrt(matrix.length);
  let sum = 0;
  matrix.forEach((value, index) => {
    if (index % (size + 1) !== 0) sum += value;
  });
  return sum / (size * (size - 1));
}
