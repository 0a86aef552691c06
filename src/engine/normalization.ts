/** Below this length torch.nn.functional.normalize divides by it instead. */
export const SHORTEST = 1e-12;

/**
 * Divides the vectors from..to, in place, by max(length, 1e-12), as torch.nn.functional.normalize does, and writes
 * their lengths to `norms`. Squares of single precision numbers neither overflow nor underflow in float64.
 */
export function normalizeRows(
  vectors: Float64Array,
  norms: Float64Array,
  dimension: number,
  from: number,
  to: number,
): void {
  for (let row = from; row < to; row++) {
    const start = row * dimension;
    const end = start + dimension;
    let squared = 0;
    for (let index = start; index < end; index++) squared += vectors[index] * vectors[index];
    norms[row] = Math.sqrt(squared);
    const divisor = Math.max(norms[row], SHORTEST);
    for (let index = start; index < end; index++) vectors[index] /= divisor;
  }
}

/**
 * Turns the gradient with respect to unit vectors, in place, into the gradient with respect to what was normalized:
 * (g - (g . u) u) / length. Vectors shorter than 1e-12 get 0, where torch multiplies by 1e12 and throws them away.
 */
export function gradientThroughNormalization(
  gradient: Float64Array,
  units: Float64Array,
  norms: Float64Array,
  dimension: number,
  from: number,
  to: number,
): void {
  for (let row = from; row < to; row++) {
    const start = row * dimension;
    const end = start + dimension;
    if (norms[row] < SHORTEST) {
      gradient.fill(0, start, end);
      continue;
    }
    let radial = 0;
    for (let index = start; index < end; index++) radial += gradient[index] * units[index];
    for (let index = start; index < end; index++) {
      gradient[index] = (gradient[index] - radial * units[index]) / norms[row];
    }
  }
}
