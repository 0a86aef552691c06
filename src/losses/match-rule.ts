import type { Constants } from './constants.ts';

/** What a query and its own key do to each other. */
export interface Meeting {
  loss: number;
  /** dLoss/dSimilarity as the query feels it. */
  queryPull: number;
  /** The same as the key feels it: 0 where the key is a constant of the gradient. */
  keyPull: number;
}

/** The one function of a loss on the skeleton of matches, for the CPU engine; shaders/losses holds the same in WGSL. */
export interface MatchRule {
  meet(similarity: number, constants: Constants): Meeting;
}
