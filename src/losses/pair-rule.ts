/** The candidates that one anchor meets in a tile of pairs: entries first, first + stride, ... */
export interface CandidateLine {
  similarity: Float64Array;
  /** EXCLUDED, NEGATIVE or POSITIVE, see pair-matrix.ts. */
  relation: Uint8Array;
  /** Gathers d(sum of all terms)/d(similarity). */
  pull: Float64Array;
  first: number;
  stride: number;
  count: number;
}

/**
 * The two functions of a loss, what an anchor accumulates and how hard a pair pulls, for the streaming CPU engine;
 * shaders/losses holds the same two in WGSL. What an anchor knows is a record of `size` numbers, all zero at first,
 * from `at` on in `anchors`. Every anchor sees all of its candidates, line by line, in `accumulate`; then comes `finish`.
 */
export interface PairRule {
  size: number;

  /** Takes in candidates. */
  accumulate(anchors: Float64Array, at: number, line: CandidateLine, constants: Constants): void;

  /**
   * Takes in the candidates a second time, after `finish`, which is then called again. For losses with a term per
   * positive, which needs the finished statistics; skipped when no anchor has more than one positive.
   */
  refine?(anchors: Float64Array, at: number, line: CandidateLine, constants: Constants): void;

  /** Completes the record for `pull`; returns the sum of the anchor's terms and how many there are. */
  finish(anchors: Float64Array, at: number, constants: Constants): { loss: number; terms: number };

  /** Adds the pulls of this anchor's terms on its candidates to the line's. */
  pull(anchors: Float64Array, at: number, line: CandidateLine, constants: Constants): void;
}

/** See LossDefinition.constants. */
export type Constants = Readonly<Record<string, number>>;
