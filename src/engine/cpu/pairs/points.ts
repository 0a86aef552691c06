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
    const norm = normalize ? Math.sqrt(sumOfSquares(vectors, from, dimension)) : 1;
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
 * @param at where the gathered gradient of the first of these points lies.
 */
export function returnGradient(
  { buffer }: WebAssembly.Memory,
  { dimension, normalize }: PairPlan,
  side: Side,
  first: number,
  count: number,
  weight: number,
  at: number,
): void {
  const vectors = new Float32Array(buffer, side.vectors, side.padded * dimension);
  const gradient = new Float32Array(buffer, at, count * dimension);
  const norms = new Float32Array(buffer, side.norms, side.padded);
  const radial = new Float64Array(QUAD);
  const scale = new Float64Array(QUAD);
  for (let point = first; point < Math.min(first + count, side.count); point += QUAD) {
    const to = point * dimension;
    const from = to - first * dimension;
    if (normalize) measureRadial(radial, gradient, from, vectors, to, dimension);
    for (let lane = 0; lane < QUAD; lane++) {
      const norm = norms[point + lane];
      scale[lane] = norm < SMALLEST_NORM ? 0 : weight / norm;
    }
    for (let lane = 0; lane < QUAD; lane++) {
      const row = to + lane * dimension;
      const [along, by] = [radial[lane], scale[lane]];
      for (let k = 0; k < dimension; k++) {
        vectors[row + k] = by * (gradient[from + QUAD * k + lane] - along * vectors[row + k]);
      }
    }
  }
}

/** g . u of four points, each a sum of its own in float64: no addition waits for the one before. */
function measureRadial(
  radial: Float64Array,
  gradient: Float32Array,
  from: number,
  vectors: Float32Array,
  to: number,
  dimension: number,
): void {
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  for (let k = 0; k < dimension; k++) {
    const at = from + QUAD * k;
    const row = to + k;
    sum0 += gradient[at] * vectors[row];
    sum1 += gradient[at + 1] * vectors[row + dimension];
    sum2 += gradient[at + 2] * vectors[row + 2 * dimension];
    sum3 += gradient[at + 3] * vectors[row + 3 * dimension];
  }
  radial.set([sum0, sum1, sum2, sum3]);
}

/** Multiplies what stands in place of the vectors. */
export function scaleVectors(
  { buffer }: WebAssembly.Memory,
  { vectors }: Side,
  dimension: number,
  first: number,
  count: number,
  weight: number,
): void {
  const own = new Float32Array(buffer, vectors + 4 * first * dimension, count * dimension);
  for (let index = 0; index < own.length; index++) own[index] *= weight;
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

/**
 * The sum of squares in float64, where those of single precision numbers neither overflow nor underflow. Four sums,
 * because each addition would have to wait for the one before.
 */
function sumOfSquares(vectors: Float32Array, first: number, length: number): number {
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  let at = first;
  for (; at + 4 <= first + length; at += 4) {
    sum0 += vectors[at] * vectors[at];
    sum1 += vectors[at + 1] * vectors[at + 1];
    sum2 += vectors[at + 2] * vectors[at + 2];
    sum3 += vectors[at + 3] * vectors[at + 3];
  }
  for (; at < first + length; at++) sum0 += vectors[at] * vectors[at];
  return sum0 + sum1 + (sum2 + sum3);
}
