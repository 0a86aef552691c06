import type { Constants } from './constants.ts';

/**
 * The functions of a loss over distances, for the streaming CPU engine; shaders/losses holds the same in WGSL.
 *
 * A point meets all others of a labelled set; of a paired batch its match, and its own tower where the loss wants that.
 * What it gathers from them is a tally of TALLY numbers, all zero at first, from `at` on in `tallies`. The loss of a tower is what `finish`
 * makes of the tallies of all its points together; the loss of a batch is the mean over its towers.
 */
export interface DistanceRule {
  /** Takes in one point that is met, at the squared distance `squared`. */
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

  /** The factor p of p (u_i - u_j), the gradient of the tower's loss in u_i through what i gathers from j alone. */
  pull(total: Float64Array, squared: number, isPositive: boolean, constants: Constants): number;
}

/** How many numbers a tally holds; a column of a matrix in WGSL. */
export const TALLY = 4;
