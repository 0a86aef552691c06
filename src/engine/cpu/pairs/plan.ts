import type { AnyPairLoss } from '../../../losses/registry.ts';
import type { BatchLayout } from '../../validate.ts';
import { GRAIN, QUAD, TILE, TILE_BYTES, VECTOR } from './tile.ts';

/** Blocks of one set per thread: the more, the better they share the work, and the more often they wait for each other. */
const BLOCKS_PER_THREAD = 4;

/** One tower in memory. Addresses are bytes. */
export interface Side {
  /** Points, and with padding. */
  count: number;
  padded: number;
  /** One i32 per point. */
  labels: number;
  /**
   * padded x dimension, row-major: what was passed in; once it is prepared, normalized and with zeros for padding; in
   * the end, the gradient with respect to what was passed in.
   */
  vectors: number;
  /** The lengths before normalization. */
  norms: number;
  /** Quads, see products.ts. */
  points: number;
  gradient: number;
  /** Of anchors only, 0 where there are none; of panels only the terms. Losses and counts: f32 and u32 per point. */
  statistics: number;
  anchors: number;
  losses: number;
  counts: number;
}

/** Panels of rows, a tile high, against all columns; see work.ts. */
export interface PanelPlan {
  tiles: number;
  /** Per thread, twice. */
  statistics: number;
  statisticsBytes: number;
  gradients: number;
  gradientBytes: number;
  /** Per thread: statistics, anchors, losses and counts of all threads together. */
  own: number;
  ownBytes: number;
  anchorsBytes: number;
}

/** Everything that the threads of an evaluation have to know: plain data, which a message carries. */
export interface PairPlan {
  dimension: number;
  anchors: 'all' | 'queries' | 'both';
  isExclusive: boolean;
  refines: boolean;
  gradient: boolean;
  normalize: boolean;
  threads: number;
  /** Vectors per quad of anchors, see PairModule. */
  statistics: number;
  anchor: number;
  rows: Side;
  /** One set: the same as the rows. */
  columns: Side;
  /** Points of a block of rows, and of columns; see schedule.ts. */
  rowBlock: number;
  columnBlock: number;
  /** Where the queries alone are anchors. */
  panels: PanelPlan | undefined;
  /** Per thread: two tiles, the sums of `pull`, and what it reports. */
  tiles: number;
  sums: number;
  results: number;
  /** See threads/barrier.ts. */
  control: number;
  bytes: number;
}

/** What a thread reports: the sum of its pulls, of pull x similarity, and its finished units of work, as f64. */
export const RESULTS = 3;

/** Words for the threads to wait for each other with. */
export const CONTROL_BYTES = 64;

/** At the start of memory: the loss's parameters. */
const PARAMETER_BYTES = 256;

export interface PairPlanOptions {
  refines: boolean;
  gradient: boolean;
  normalize: boolean;
  threads: number;
}

export function planPairs(
  loss: AnyPairLoss,
  layout: BatchLayout,
  parts: { statistics: number; anchor: number },
  { refines, gradient, normalize, threads }: PairPlanOptions,
): PairPlan {
  const { dimension, kind, rows: rowCount, columns: columnCount, extraNegatives } = layout;
  const isOneSet = kind === 'labelled';
  let bytes = PARAMETER_BYTES;
  /** Apart, so that threads that write side by side do not share a line of their caches. */
  const reserve = (size: number) => {
    if (size === 0) return 0;
    const at = bytes;
    bytes += Math.ceil(size / 64) * 64;
    return at;
  };
  const hasPanels = loss.anchors === 'queries';
  const side = (count: number, isAnchor: boolean): Side => {
    const padded = Math.ceil(count / GRAIN) * GRAIN;
    const quads = isAnchor ? padded / QUAD : 0;
    const kept = hasPanels ? 0 : quads;
    return {
      count,
      padded,
      labels: reserve(4 * padded),
      vectors: reserve(4 * padded * dimension),
      norms: reserve(4 * padded),
      points: reserve(4 * padded * dimension),
      gradient: reserve(gradient ? 4 * padded * dimension : 0),
      statistics: reserve(kept * parts.statistics * VECTOR),
      anchors: reserve(kept * parts.anchor * VECTOR),
      losses: reserve(quads * VECTOR),
      counts: reserve(quads * VECTOR),
    };
  };
  const rows = side(rowCount, true);
  const columns = isOneSet ? rows : side(columnCount, loss.anchors === 'both');

  const sums = reserve(64 * threads);
  const results = reserve(64 * threads);
  const control = reserve(CONTROL_BYTES);
  let panels: PanelPlan | undefined;
  if (hasPanels) {
    const columnTiles = Math.ceil(columnCount / TILE);
    const quadBytes = (TILE / QUAD) * VECTOR;
    const statisticsBytes = quadBytes * parts.statistics;
    const anchorsBytes = quadBytes * parts.anchor;
    const gradientBytes = gradient && threads > 1 ? 4 * TILE * dimension : 0;
    const ownBytes = statisticsBytes + anchorsBytes + 2 * quadBytes;
    panels = {
      tiles: reserve(columnTiles * TILE_BYTES),
      statistics: reserve(2 * threads * statisticsBytes),
      statisticsBytes,
      gradients: reserve(2 * threads * gradientBytes),
      gradientBytes,
      own: reserve(threads * ownBytes),
      ownBytes,
      anchorsBytes,
    };
  }
  const tiles = reserve(threads * 2 * TILE_BYTES);
  const blocks = isOneSet ? BLOCKS_PER_THREAD * threads : 2 * threads;
  const blockOf = ({ padded }: Side) => Math.max(GRAIN, Math.ceil(padded / blocks / GRAIN) * GRAIN);

  return {
    dimension,
    anchors: loss.anchors,
    isExclusive: extraNegatives > 0,
    refines,
    gradient,
    normalize,
    threads,
    ...parts,
    rows,
    columns,
    rowBlock: blockOf(rows),
    columnBlock: blockOf(columns),
    panels,
    tiles,
    sums,
    results,
    control,
    bytes,
  };
}
