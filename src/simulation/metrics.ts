import { unit } from './geometry/vectors.ts';

/** At most this many points, or pairs, are looked at: enough for a steady number, quick enough to be live. */
export const MEASURED = 1024;

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let axis = 0; axis < a.length; axis++) sum += (a[axis] - b[axis]) ** 2;
  return sum;
}

/**
 * Mean squared distance of positive pairs after normalization, 0 to 4; 0 without pairs.
 * Wang and Isola 2020, Understanding Contrastive Representation Learning through Alignment and Uniformity, alpha = 2.
 * @param embeddings points x dimension, row-major.
 * @param pairs the two points of each pair.
 */
export function alignment(
  embeddings: Float32Array,
  dimension: number,
  pairs: readonly (readonly [number, number])[],
): number {
  let sum = 0;
  for (const [first, second] of pairs) {
    sum += squaredDistance(unit(embeddings, dimension, first), unit(embeddings, dimension, second));
  }
  return pairs.length > 0 ? sum / pairs.length : 0;
}

/**
 * log mean exp(-2 |x - y|^2) over all ordered pairs of the first 1,024 points after normalization, i = j included (or
 * a finite set would undershoot the floor of the sphere). 0 = collapsed; the circle's floor is -1.575.
 * Wang and Isola 2020, t = 2.
 * @param embeddings points x dimension, row-major.
 */
export function uniformity(embeddings: Float32Array, dimension: number): number {
  const count = Math.min(embeddings.length / dimension, MEASURED);
  const directions = Array.from({ length: count }, (_, point) => unit(embeddings, dimension, point));
  // The diagonal is one per point; every other pair counts in both orders.
  let sum = count;
  for (let i = 1; i < count; i++) {
    let row = 0;
    for (let j = 0; j < i; j++) row += Math.exp(-2 * squaredDistance(directions[i], directions[j]));
    sum += 2 * row;
  }
  return Math.log(sum / count ** 2);
}

/** The length of the longest embedding. */
export function radius(embeddings: Float32Array, dimension: number): number {
  let longest = 0;
  for (let start = 0; start < embeddings.length; start += dimension) {
    let square = 0;
    for (let axis = 0; axis < dimension; axis++) square += embeddings[start + axis] ** 2;
    longest = Math.max(longest, square);
  }
  return Math.sqrt(longest);
}
