/** The points of an evaluation on their way into the kernels' memory and out of it. Vectors are measured in float64. */
import type { PairPlan, Side } from './plan.ts';
import { QUAD } from './tile.ts';

/** Below this length torch.nn.functional.normalize divides by it instead. */
const SMALLEST_NORM = 1e-12;

/** Points in memory, see Side in plan.ts. */
export interface Points {
  count: number;
  padded: number;
  vectors: number;
  points: number;
}

/**
 * Prepares points first .. first + count - 1: divides them by their lengths, if so wanted, and lays them out as quads,
 * too, where there is room for those. Padding becomes zeros.
 * @param norms receives the lengths; 1 where nothing is normalized.
 */
export function preparePoints(
  { buffer }: WebAssembly.Memory,
  side: Points,
  dimension: number,
  normalize: boolean,
  first: number,
  count: number,
  norms?: Float32Array,
): void {
  const vectors = new Float32Array(buffer, side.vectors, side.padded * dimension);
  vectors.fill(0, Math.max(first, side.count) * dimension, Math.max(first + count, side.count) * dimension);
  for (let point = first; point < first + count; point++) {
    const from = point * dimension;
    const norm = normalize ? Math.sqrt(dot(vectors, from, 1, vectors, from, dimension)) : 1;
    const scale = 1 / Math.max(norm, SMALLEST_NORM);
    if (norms) norms[point] = norm;
    if (scale !== 1) for (let k = from; k < from + dimension; k++) vectors[k] *= scale;
  }
  if (side.points > 0) layOut(buffer, side, dimension, first, count, side.points + 4 * first * dimension);
}

/** Lays points out as quads, from `at` on. */
export function layOut(
  buffer: ArrayBufferLike,
  side: Pick<Points, 'vectors'>,
  dimension: number,
  first: number,
  count: number,
  at: number,
): void {
  const vectors = new Float32Array(buffer, side.vectors + 4 * first * dimension, count * dimension);
  const points = new Float32Array(buffer, at, count * dimension);
  for (let quad = 0; quad < count * dimension; quad += QUAD * dimension) {
    for (let k = 0; k < dimension; k++) {
      const to = quad + QUAD * k;
      points[to] = vectors[quad + k];
      points[to + 1] = vectors[quad + dimension + k];
      points[to + 2] = vectors[quad + 2 * dimension + k];
      points[to + 3] = vectors[quad + 3 * dimension + k];
    }
  }
}

/**
 * Writes weight x the gathered gradient in place of the vectors, with respect to what was passed in: through the
 * normalization u = x / |x| it is (g - (g . u) u) / |x|. Vectors shorter than 1e-12 get 0, where torch multiplies by
 * 1e12 and throws them away.
 */
export function returnGradient(
  { buffer }: WebAssembly.Memory,
  { dimension, normalize }: PairPlan,
  side: Side,
  first: number,
  count: number,
  weight: number,
): void {
  const vectors = new Float32Array(buffer, side.vectors, side.padded * dimension);
  const gradient = new Float32Array(buffer, side.gradient, side.padded * dimension);
  const norms = new Float32Array(buffer, side.norms, side.padded);
  for (let point = first; point < Math.min(first + count, side.count); point++) {
    const to = point * dimension;
    const from = quadStart(point, dimension);
    if (norms[point] < SMALLEST_NORM) {
      vectors.fill(0, to, to + dimension);
      continue;
    }
    const radial = normalize ? dot(gradient, from, QUAD, vectors, to, dimension) : 0;
    const scale = weight / norms[point];
    for (let k = 0; k < dimension; k++) {
      vectors[to + k] = scale * (gradient[from + QUAD * k] - radial * vectors[to + k]);
    }
  }
}

/** How many terms all anchors have: what the loss is the mean over. */
export function countTerms(memory: WebAssembly.Memory, { rows, columns, anchors }: PairPlan): number {
  const sides = anchors === 'both' ? [rows, columns] : [rows];
  let terms = 0;
  for (const { counts, count } of sides) {
    for (const own of new Uint32Array(memory.buffer, counts, count)) terms += own;
  }
  return terms;
}

/** Where a point's first component lies; the next is a quad farther. */
function quadStart(point: number, dimension: number): number {
  const lane = point % QUAD;
  return (point - lane) * dimension + lane;
}

/**
 * A dot product in float64, where products of single precision numbers neither overflow nor underflow. Four sums, because
 * each addition would have to wait for the one before.
 * @param step from one component of `a` to the next.
 */
function dot(
  a: Float32Array,
  from: number,
  step: number,
  b: Float32Array,
  to: number,
  length: number,
): number {
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  let k = 0;
  for (; k + 4 <= length; k += 4) {
    const at = from + step * k;
    sum0 += a[at] * b[to + k];
    sum1 += a[at + step] * b[to + k + 1];
    sum2 += a[at + 2 * step] * b[to + k + 2];
    sum3 += a[at + 3 * step] * b[to + k + 3];
  }
  for (; k < length; k++) sum0 += a[from + step * k] * b[to + k];
  return sum0 + sum1 + (sum2 + sum3);
}
