import type { Constants } from './constants.ts';

/**
 * What a loss over distances makes of what its points gather, in double precision; and its functions of a pair, for
 * points that meet their match, of which there are few. Those of all pairs of a set are in WGSL, in shaders/losses.
 *
 * What a point gathers is a tally of TALLY numbers, all zero at first, from `at` on in `tallies`. The loss of a tower is
 * what `finish` makes of the tallies of all its points together; the loss of a batch is the mean over its towers.
 */
export interface DistanceRule {
  /** Takes in a match at the squared distance `squared`. */
  accumulate(
    tallies: Float64Array,
    at: number,
    squared: number,
    isPositive: boolean,
    constants: Constants,
  ): void;

  /** Takes another point's tally into `total`. */
  combine(total: Float64Array, tallies: Float64Array, at: number): void;

  /**
   * The loss of one point's tally or of a tower's total, and how many terms it averages.
   * @param others how many points of its own tower each point meets.
   */
  finish(
    tallies: Float64Array,
    at: number,
    constants: Constants,
    others: number,
  ): { loss: number; count: number };

  /** The factor p of p (u_i - u_j), the gradient of the tower's loss in u_i through what i gathers from its match j alone. */
  pull(total: Float64Array, squared: number, isPositive: boolean, constants: Constants): number;
}

/** How many numbers a tally holds; a column of a matrix in WGSL. */
export const TALLY = 4;
