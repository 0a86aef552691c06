import type { AnyPairLoss } from '../../../losses/registry.ts';
import type { BatchLayout } from '../../validate.ts';
import { Layout } from '../wasm/memory.ts';
import { meetingsOf } from './schedule.ts';
import { GRAIN, PANEL_TILE_BYTES, QUAD, TILE, TILE_BYTES, VECTOR } from './tile.ts';
import { PASSES, turnWords } from './turns.ts';

/** Blocks of one set per thread: the more, the better they share the work, and the smaller the tiles at their ends. */
const BLOCKS_PER_THREAD = 4;

/**
 * Groups of panels come in so many sizes, one of each per thread, the smallest last: whoever is quicker takes more of them.
 * Each gathers the gradient of the columns by itself. Where that is more than a little memory there is one group per
 * thread, and where it is much, only as many groups as fit; other threads have nothing to do then.
 */
const GROUP_SHARES = [3, 2, 1];
const LITTLE_GROUP_BYTES = 24 * 2 ** 20;
const MOST_GROUP_BYTES = 64 * 2 ** 20;

/** Panels are lower than a tile where there would be fewer than these for each thread. */
const LEAST_PANELS = 2;

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
  /** Quads, see products.ts; of rows, 0 where panels have their own. */
  points: number;
  gradient: number;
  /** Of anchors only, 0 where there are none; of panels only the terms. Losses and counts: f32 and u32 per point. */
  statistics: number;
  anchors: number;
  losses: number;
  counts: number;
}

/** Panels of rows, at most a tile high, against all columns; see panels.ts. */
export interface PanelPlan {
  /** Rows of a panel. */
  height: number;
  /** Where each group of panels begins, in panels, and where the last one ends. */
  groups: number[];
  /** Threads that take groups, and for each of them: the tiles of a panel, its quads, gradient, statistics and anchors. */
  workers: number;
  tiles: number;
  tilesBytes: number;
  points: number;
  rowGradients: number;
  pointsBytes: number;
  own: number;
  ownBytes: number;
  statisticsBytes: number;
  /** Per group but the first, which gathers in place: the gradient of the columns. */
  gradients: number;
  gradientBytes: number;
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
  /** Per thread: two tiles, the sums of `pull` followed by the weight of gradients, and how many pairs' worth of work it has done, as f64. */
  tiles: number;
  sums: number;
  finished: number;
  /** Per unit of work, a meeting of blocks or a group of panels: the sum of its pulls, and of pull x similarity, as f64. */
  units: number;
  totals: number;
  /** See turns.ts: words, and how many for each pass. */
  turns: number;
  turnsOfPass: number;
  /** See threads/barrier.ts. */
  control: number;
  bytes: number;
}

/** Numbers that a unit of work leaves among the totals. */
export const TOTALS = 2;

/** Words for the threads to wait for each other with. */
const CONTROL_BYTES = 64;

/** At the start of memory: the loss's parameters. */
const PARAMETER_BYTES = 256;

export interface PairPlanOptions {
  refines: boolean;
  gradient: boolean;
  normalize: boolean;
  threads: number;
}

export function planPairs(
  loss: Pick<AnyPairLoss, 'anchors'>,
  layout: BatchLayout,
  parts: { statistics: number; anchor: number },
  { refines, gradient, normalize, threads }: PairPlanOptions,
): PairPlan {
  const { dimension, kind, rows: rowCount, columns: columnCount, extraNegatives } = layout;
  const isOneSet = kind === 'labelled';
  const memory = new Layout(PARAMETER_BYTES);
  const reserve = (size: number) => memory.reserve(size);
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
      points: reserve(hasPanels ? 0 : 4 * padded * dimension),
      gradient: reserve(gradient && !(hasPanels && isAnchor) ? 4 * padded * dimension : 0),
      statistics: reserve(kept * parts.statistics * VECTOR),
      anchors: reserve(kept * parts.anchor * VECTOR),
      losses: reserve(quads * VECTOR),
      counts: reserve(quads * VECTOR),
    };
  };
  const rows = side(rowCount, true);
  const columns = isOneSet ? rows : side(columnCount, loss.anchors === 'both');

  const sums = reserve(64 * threads);
  const finished = reserve(64 * threads);
  const control = reserve(CONTROL_BYTES);
  const panels = hasPanels
    ? planPanels(reserve, { rows, columns, dimension, gradient, threads, parts })
    : undefined;
  const tiles = reserve(threads * 2 * TILE_BYTES);
  const blocks = isOneSet ? BLOCKS_PER_THREAD * threads : 2 * threads;
  const cut = {
    rows,
    columns,
    rowBlock: blockOf(rows.padded, blocks),
    columnBlock: blockOf(columns.padded, blocks),
  };
  const units = panels ? panels.groups.length - 1 : meetingsOf(cut).length;
  const turnsOfPass = turnWords(
    Math.ceil(rows.padded / cut.rowBlock),
    Math.ceil(columns.padded / cut.columnBlock),
  );

  return {
    dimension,
    anchors: loss.anchors,
    isExclusive: extraNegatives > 0,
    refines,
    gradient,
    normalize,
    threads,
    ...parts,
    ...cut,
    panels,
    tiles,
    sums,
    finished,
    units,
    totals: reserve(8 * TOTALS * units),
    turns: reserve(4 * PASSES * turnsOfPass),
    turnsOfPass,
    control,
    bytes: memory.bytes,
  };
}

/** Blocks hold whole tiles, where there are enough points for that. */
function blockOf(points: number, blocks: number): number {
  const grain = points >= blocks * TILE ? TILE : GRAIN;
  return Math.max(GRAIN, Math.ceil(points / blocks / grain) * grain);
}

interface PanelOptions {
  rows: Side;
  columns: Side;
  dimension: number;
  gradient: boolean;
  threads: number;
  parts: { statistics: number; anchor: number };
}

function planPanels(
  reserve: (size: number) => number,
  { rows, columns, dimension, gradient, threads, parts }: PanelOptions,
): PanelPlan {
  const columnTiles = Math.ceil(columns.count / TILE);
  const fair = Math.ceil(rows.count / (LEAST_PANELS * threads) / GRAIN) * GRAIN;
  const height = Math.min(TILE, fair);
  const panels = Math.ceil(rows.count / height);
  const columnBytes = gradient ? 4 * columns.padded * dimension : 0;
  const isLittle = GROUP_SHARES.length * threads * columnBytes <= LITTLE_GROUP_BYTES;
  const most = columnBytes === 0 ? threads : 1 + Math.floor(MOST_GROUP_BYTES / columnBytes);
  const groups =
    threads > 1 && isLittle
      ? groupsOf(panels, threads, GROUP_SHARES)
      : groupsOf(panels, Math.min(threads, most), [1]);
  const workers = Math.min(threads, groups.length - 1);
  const quadBytes = (TILE / QUAD) * VECTOR;
  const statisticsBytes = quadBytes * parts.statistics;
  const ownBytes = statisticsBytes + quadBytes * parts.anchor;
  const pointsBytes = 4 * TILE * dimension;
  const tilesBytes = columnTiles * PANEL_TILE_BYTES;
  return {
    height,
    groups,
    workers,
    tiles: reserve(workers * tilesBytes),
    tilesBytes,
    points: reserve(workers * pointsBytes),
    rowGradients: reserve(gradient ? workers * pointsBytes : 0),
    pointsBytes,
    own: reserve(workers * ownBytes),
    ownBytes,
    statisticsBytes,
    gradients: reserve((groups.length - 2) * columnBytes),
    gradientBytes: columnBytes,
  };
}

/** Where groups of panels begin: `threads` of each share, large ones first. */
function groupsOf(panels: number, threads: number, shares: readonly number[]): number[] {
  const each = shares.flatMap((share) => Array.from({ length: threads }, () => share));
  const total = each.reduce((sum, share) => sum + share, 0);
  const begins = [0];
  let before = 0;
  for (const share of each) {
    before += share;
    begins.push(Math.round((panels * before) / total));
  }
  // Groups that came out empty are none.
  return begins.filter((begin, index) => index === 0 || begin > begins[index - 1]);
}
