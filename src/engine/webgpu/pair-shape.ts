import type { BatchKind } from '../../losses/loss.ts';

/** Rows and columns that a workgroup of the pair skeleton handles at a time; shaders/pairing.wgsl has the same. */
export const TILE_ROWS = 32;
export const TILE_COLUMNS = 64;

/** Up to this dimension, points fit into registers, and kernels of their own serve. */
export const NARROW = 4;

/** What a program is built for. Everything else about a batch is data. */
export interface PairShape {
  kind: BatchKind;
  dimension: number;
  /** Embeddings, or queries. */
  rows: number;
  extraNegatives: number;
  /** Whether the rows are streamed a second time (see PairLoss.refines). */
  refines: boolean;
  gradient: boolean;
  /**
   * Ordered pairs within the classes, a point with itself included, at most. Only a loss over triplets keeps anything for
   * each; 0 for others.
   */
  entries: number;
  /** Whether the sums that the gradients of learnable parameters are made of are wanted, too. */
  parameterGradients: boolean;
}

/** A rectangle of the pair matrix; indices of points in their padded layout. */
export interface Sweep {
  rowStart: number;
  rowEnd: number;
  columnStart: number;
  columnEnd: number;
  rowsAreAnchors: boolean;
  columnsAreAnchors: boolean;
}

export interface PairLayout {
  /** Points in all, padding included. */
  points: number;
  /** Where the keys begin; extra negatives follow them without a gap. */
  keyStart: number;
  /** Extra negatives are the only negatives. */
  exclusive: boolean;
  sweeps: Sweep[];
}

function padded(points: number): number {
  return Math.ceil(points / TILE_COLUMNS) * TILE_COLUMNS;
}

/** Where the parts of a batch lie, and which rectangles of pairs have to be swept. */
export function pairLayout(
  { kind, rows, extraNegatives }: PairShape,
  anchors: 'all' | 'queries' | 'both',
): PairLayout {
  const keyStart = kind === 'labelled' ? 0 : padded(rows);
  const keyEnd = keyStart + rows + extraNegatives;
  const sweeps: Sweep[] =
    kind === 'labelled'
      ? [
          {
            rowStart: 0,
            rowEnd: rows,
            columnStart: 0,
            columnEnd: rows,
            rowsAreAnchors: true,
            columnsAreAnchors: true,
          },
        ]
      : [
          {
            rowStart: 0,
            rowEnd: rows,
            columnStart: keyStart,
            columnEnd: keyEnd,
            rowsAreAnchors: true,
            columnsAreAnchors: anchors === 'both',
          },
          {
            rowStart: keyStart,
            rowEnd: keyEnd,
            columnStart: 0,
            columnEnd: rows,
            rowsAreAnchors: anchors === 'both',
            columnsAreAnchors: true,
          },
        ];
  return {
    points: kind === 'labelled' ? padded(rows) : keyStart + padded(rows + extraNegatives),
    keyStart,
    exclusive: extraNegatives > 0,
    sweeps,
  };
}

/**
 * Query i and key i carry the label i; extra negatives, and keys that are not similar to their query, one that matches
 * nobody (NOBODY in shaders/pairing.wgsl).
 */
export function pairLabels(
  { rows, extraNegatives }: PairShape,
  keyStart: number,
  similar?: Uint8Array,
): Uint32Array {
  const labels = new Uint32Array(keyStart + rows + extraNegatives).fill(0xffffffff);
  for (let pair = 0; pair < rows; pair++) {
    labels[pair] = pair;
    if (!similar || similar[pair] === 1) labels[keyStart + pair] = pair;
  }
  return labels;
}
