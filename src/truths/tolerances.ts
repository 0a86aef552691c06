import type { Backend } from '../engine/engine.ts';

/**
 * The honest tolerances of single precision, by the largest |logit| `m` of a case (1 / temperature for unit vectors).
 * They follow from the rounding of dot products and from WGSL's accuracy of exp and log.
 */
const EPSILON = 2 ** -24;

/** Below this, single precision has no full mantissa left, and a GPU may flush to 0. */
export const SMALLEST = 1e-36;

/** Mean loss, absolute. The reference engine computes in double precision. */
export function meanLoss(backend: Backend, loss: number, m: number): number {
  return backend === 'reference' ? 1e-13 * (10 + m) : EPSILON * (24 * Math.max(1, Math.abs(loss)) + 12 * m);
}

/** Mean loss below 1e-3 of trained embeddings, where only a relative tolerance says anything. */
export function smallLoss(loss: number, m: number): number {
  return EPSILON * (64 + 16 * m) * Math.abs(loss) + SMALLEST;
}

/** One row's loss, absolute; a row that adds up its pairs, as SigLIP's does, may be far larger than its logits. */
export function rowLoss(loss: number, m: number): number {
  return EPSILON * (60 * (1 + m) + 4 * Math.abs(loss));
}

/** Largest error of a gradient component, divided by the scale of its row. */
export function gradient(m: number): number {
  return EPSILON * (96 + 12 * m);
}

/** Relative Frobenius error of a gradient that is not degenerate. */
export function gradientFrobenius(m: number): number {
  return EPSILON * (200 + 24 * m);
}
