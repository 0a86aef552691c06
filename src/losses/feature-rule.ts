import type { Constants } from './constants.ts';

/**
 * The functions of a loss over features, for the CPU engine; shaders/losses holds the same in WGSL. They see one matrix
 * over the features of a batch of N pairs, an entry at a time:
 * - covariance: that of the queries, then that of the keys, divided by N - 1;
 * - correlation: between the features of the queries and those of the keys, both standardized over the batch with the
 *   biased variance + 1e-5, divided by N.
 */
export interface FeatureRule {
  matrix: 'covariance' | 'correlation';

  /** What one entry adds to the loss. */
  term(entry: number, isDiagonal: boolean, dimension: number, constants: Constants): number;

  /** The derivative of `term` by the entry. */
  slope(entry: number, isDiagonal: boolean, dimension: number, constants: Constants): number;

  /** Weight of the mean over all coordinates of (query - key)^2. */
  invariance(constants: Constants): number;
}
