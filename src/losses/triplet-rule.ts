import type { Constants } from './constants.ts';

/** Which distance a loss over triplets compares, as numbered in shaders/triplets.wgsl. */
export const EUCLIDEAN = 0;
export const SQUARED_EUCLIDEAN = 1;
export const COSINE = 2;

/** Which negatives an anchor and its positive meet, as numbered in shaders/triplets.wgsl. */
export const ALL = 0;
export const SEMI_HARD = 1;
export const HARD = 2;
/** One negative for each positive, chosen by the skeleton: the nearest beyond the positive, else the farthest. */
export const NEAREST_BEYOND = 3;
/** One triplet per anchor, chosen by the skeleton: the farthest positive and the nearest negative. */
export const HARDEST = 4;

/**
 * The functions of a loss over triplets of an anchor, a positive and a negative, for the CPU engine; shaders/losses holds
 * the same in WGSL. The skeleton reads `distance`, `mining` and `swap` of the constants.
 */
export interface TripletRule {
  /** Whether a triplet is a term, by the distances of the anchor to its positive and to its negative. */
  selects(positive: number, negative: number, constants: Constants): boolean;

  /** The loss of a term, by how much farther the positive is than the negative. */
  term(lead: number, constants: Constants): number;

  /** Its derivative by `lead`. */
  slope(lead: number, constants: Constants): number;

  /** The margin, where a term is [lead + margin]+: many are then added up by how many they are, and their distances. */
  hinge(constants: Constants): number | undefined;
}
