/**
 * The two functions of a loss, for the streaming CPU engine; shaders/losses holds the same two in WGSL.
 * An anchor's statistics are `statistics` consecutive numbers of a Float64Array, beginning at `at`; its finished form
 * (what the gradient needs of it) is `anchor` consecutive numbers of another.
 */
export interface PairRule {
  /** How many numbers an anchor accumulates. */
  statistics: number;
  /** How many numbers are left of it once it is finished. */
  anchor: number;

  /** Writes the statistics of an anchor that has seen no candidate. */
  reset(statistics: Float64Array, at: number): void;

  /** Takes in the candidates from..to of one anchor: their similarities and relations (see pair-matrix.ts). */
  accumulate(
    statistics: Float64Array,
    at: number,
    similarity: Float32Array,
    relation: Uint8Array,
    from: number,
    to: number,
    constants: Readonly<Record<string, number>>,
  ): void;

  /** Second pass over the candidates, when the loss refines; sees what `finish` wrote of the anchor. */
  refine?(
    statistics: Float64Array,
    at: number,
    anchors: Float64Array,
    anchorAt: number,
    similarity: Float32Array,
    relation: Uint8Array,
    from: number,
    to: number,
    constants: Readonly<Record<string, number>>,
  ): void;

  /**
   * Turns the statistics into the anchor's finished form; returns the sum of its terms and how many there are.
   * Called again after `refine`.
   */
  finish(
    statistics: Float64Array,
    at: number,
    anchors: Float64Array,
    anchorAt: number,
    constants: Readonly<Record<string, number>>,
  ): { loss: number; terms: number };

  /** Writes the finished form of a point that is no anchor: it pulls nobody. */
  idle(anchors: Float64Array, anchorAt: number): void;

  /**
   * Adds, for the pairs from..to, d(sum of the anchor's terms)/d(similarity) to `pulls`. `stride` walks the anchors:
   * 0 when one anchor meets many candidates, `anchor` when many anchors meet one candidate.
   */
  pull(
    anchors: Float64Array,
    anchorAt: number,
    stride: number,
    similarity: Float32Array,
    relation: Uint8Array,
    from: number,
    to: number,
    pulls: Float32Array,
    constants: Readonly<Record<string, number>>,
  ): void;
}
