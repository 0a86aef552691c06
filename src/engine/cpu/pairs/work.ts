/** What one thread does of an evaluation: the skeleton's passes over the tiles of all pairs, in a fixed order. */
import type { Kernels } from './kernels.ts';
import { RESULTS } from './plan.ts';
import type { PairPlan, PanelPlan, Side } from './plan.ts';
import { countTerms, preparePoints, returnGradient } from './points.ts';
import { roundsOf } from './schedule.ts';
import { QUAD, TILE, TILE_BYTES, VECTOR } from './tile.ts';

/** All threads have to be here before any goes on. */
export const BARRIER = 'barrier';

/** Yielded between units of work: how many pairs it was worth, or that the others are to be waited for. */
export type Step = number | typeof BARRIER;

/** Points handled at a time where no tile sets the pace, and what one is worth, in pairs. */
const CHUNK = 256;
const POINT_COST = 4;

/** What all threads together yield, for progress. */
export function costOf({ rows, columns, anchors, refines, gradient }: PairPlan): number {
  const points = (rows.padded + (rows === columns ? 0 : columns.padded)) * POINT_COST * (gradient ? 2 : 1);
  const pairs = (rows.padded * columns.padded) / (anchors === 'all' ? 2 : 1);
  return points + pairs * (1 + Number(refines) + Number(gradient));
}

/** Points from `first` on. */
interface Range {
  first: number;
  count: number;
}

/** A tile of the matrix of pairs; counts without padding. */
interface Tile {
  row: Range;
  column: Range;
}

/** The steps of thread `thread`, to be taken one after another. */
export function* work(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  plan: PairPlan,
  thread: number,
): Generator<Step, void> {
  const pairs = plan.panels
    ? new Panels(kernels, memory, plan, thread)
    : new Sweeps(kernels, memory, plan, thread);
  yield* pairs.prepare();
  yield* pairs.stream();
  yield* pairs.conclude();
}

/** What both ways through the pairs have in common. */
abstract class Passes {
  protected readonly kernels: Kernels;
  protected readonly memory: WebAssembly.Memory;
  protected readonly plan: PairPlan;
  protected readonly thread: number;
  private readonly sums: Float32Array;
  private pull = 0;
  private pullSimilarity = 0;

  constructor(kernels: Kernels, memory: WebAssembly.Memory, plan: PairPlan, thread: number) {
    this.kernels = kernels;
    this.memory = memory;
    this.plan = plan;
    this.thread = thread;
    this.sums = new Float32Array(memory.buffer, plan.sums + 64 * thread, 8);
  }

  abstract stream(): Generator<Step, void>;

  /** Points into quads, and everything that gathers made empty. */
  *prepare(): Generator<Step, void> {
    const { plan, kernels, memory } = this;
    const { dimension, normalize } = plan;
    for (const side of this.sides()) {
      const norms = new Float32Array(memory.buffer, side.norms, side.padded);
      for (const { first, count } of this.share(side)) {
        preparePoints(memory, side, dimension, normalize, first, count, norms);
        if (plan.gradient) {
          const gradient = new Float32Array(memory.buffer, side.gradient, side.padded * dimension);
          gradient.fill(0, first * dimension, (first + count) * dimension);
        }
        if (side.statistics > 0) kernels.clear(this.statisticsOf(side, first), count / QUAD);
        yield count * POINT_COST;
      }
    }
    yield BARRIER;
  }

  /** Tells the sums, and turns what was gathered into the gradient with respect to what was passed in. */
  *conclude(): Generator<Step, void> {
    const { plan, memory } = this;
    const results = new Float64Array(memory.buffer, plan.results + 64 * this.thread, RESULTS);
    results[0] = this.pull;
    results[1] = this.pullSimilarity;
    if (!plan.gradient) return;
    yield BARRIER;
    const terms = countTerms(memory, plan);
    for (const side of this.sides()) {
      for (const { first, count } of this.share(side)) {
        returnGradient(memory, plan, side, first, count, terms === 0 ? 0 : 1 / terms);
        yield count * POINT_COST;
      }
    }
  }

  protected sides(): Side[] {
    const { rows, columns } = this.plan;
    return rows === columns ? [rows] : [rows, columns];
  }

  /** This thread's chunks of a side's points, padding included. */
  protected share({ padded }: Side): Range[] {
    const chunks = rangesOf(0, padded, CHUNK, padded);
    return chunks.filter((_, index) => index % this.plan.threads === this.thread);
  }

  protected statisticsOf(side: Side, point: number): number {
    return side.statistics + (point / QUAD) * this.plan.statistics * VECTOR;
  }

  protected anchorsOf(side: Side, point: number): number {
    return side.anchors + (point / QUAD) * this.plan.anchor * VECTOR;
  }

  /** Where a point's components begin, among points or gradients. */
  protected componentsAt(start: number, point: number): number {
    return start + point * this.plan.dimension * 4;
  }

  protected multiply({ row, column }: Tile, at: number): void {
    const { kernels, plan } = this;
    kernels.multiply(
      this.componentsAt(plan.rows.points, row.first),
      quadsOf(row.count),
      this.componentsAt(plan.columns.vectors, column.first),
      QUAD * quadsOf(column.count),
      at,
    );
  }

  /** Whether a tile holds negatives only. */
  protected isPlain({ row, column }: Tile): boolean {
    const { kernels, plan } = this;
    const { rows, columns } = plan;
    const [rowLabels, columnLabels] = [rows.labels + 4 * row.first, columns.labels + 4 * column.first];
    return kernels.isPlain(rowLabels, quadsOf(row.count), columnLabels, column.count) === 1;
  }

  /** Turns the similarities of a tile into pulls. */
  protected pullTile({ row, column }: Tile, at: number, rowAnchors: number, weight: number): void {
    const { kernels, plan, sums } = this;
    const { rows, columns } = plan;
    const pull = this.isPlain({ row, column }) ? kernels.pullPlain : kernels.pull;
    pull(
      rowAnchors,
      rows.labels + 4 * row.first,
      row.first,
      quadsOf(row.count),
      this.anchorsOf(columns, column.first),
      columns.labels + 4 * column.first,
      column.first,
      column.count,
      at,
      sums.byteOffset,
    );
    this.pull += weight * (sums[0] + sums[1] + (sums[2] + sums[3]));
    this.pullSimilarity += weight * (sums[4] + sums[5] + (sums[6] + sums[7]));
  }

  /** Adds the pulls of a tile to the gradient of its rows. */
  protected collectRows({ row, column }: Tile, at: number, gradient: number): void {
    const vectors = this.componentsAt(this.plan.columns.vectors, column.first);
    this.kernels.collect(gradient, quadsOf(row.count), vectors, QUAD * quadsOf(column.count), at);
  }

  /** The same for its columns; the tile lies transposed at `transposed` then. */
  protected collectColumns({ row, column }: Tile, at: number, transposed: number): void {
    const { kernels, plan } = this;
    const vectors = this.componentsAt(plan.rows.vectors, row.first);
    const gradient = this.componentsAt(plan.columns.gradient, column.first);
    kernels.transpose(at, quadsOf(row.count), quadsOf(column.count), transposed);
    kernels.collect(gradient, quadsOf(column.count), vectors, QUAD * quadsOf(row.count), transposed);
  }

  /** One of this thread's two tiles. */
  protected scratch(index: 0 | 1): number {
    return this.plan.tiles + (2 * this.thread + index) * TILE_BYTES;
  }
}

/**
 * Rows and columns are anchors: one pass over all pairs for their statistics, maybe a second, and one for the gradient.
 * A tile serves its rows and, transposed, its columns; of one set only the upper half is computed.
 */
class Sweeps extends Passes {
  *stream(): Generator<Step, void> {
    const { plan } = this;
    const { rows } = plan;
    const [at, transposed] = [this.scratch(0), this.scratch(1)];
    yield* this.accumulate('accumulate');
    if (plan.refines) yield* this.accumulate('refine');
    if (!plan.gradient) return;
    yield* this.sweep((tile) => {
      this.multiply(tile, at);
      // The diagonal of one set holds each of its pairs twice.
      this.pullTile(tile, at, this.anchorsOf(rows, tile.row.first), this.isDiagonal(tile) ? 0.5 : 1);
      this.collectRows(tile, at, this.componentsAt(rows.gradient, tile.row.first));
      if (!this.isDiagonal(tile)) this.collectColumns(tile, at, transposed);
    });
  }

  private *accumulate(kernel: 'accumulate' | 'refine'): Generator<Step, void> {
    const { kernels } = this;
    const { rows, columns } = this.plan;
    const [at, transposed] = [this.scratch(0), this.scratch(1)];
    const take = (
      anchors: Side,
      own: Range,
      candidates: Side,
      others: Range,
      tile: number,
      isPlain: boolean,
    ) =>
      (isPlain ? kernels.accumulatePlain : kernels[kernel])?.(
        this.statisticsOf(anchors, own.first),
        anchors.labels + 4 * own.first,
        own.first,
        quadsOf(own.count),
        candidates.labels + 4 * others.first,
        others.first,
        others.count,
        tile,
        this.anchorsOf(anchors, own.first),
      );
    yield* this.sweep((tile) => {
      const { row, column } = tile;
      const isPlain = this.isPlain(tile);
      if (isPlain && kernel === 'refine') return;
      this.multiply(tile, at);
      take(rows, row, columns, column, at, isPlain);
      if (this.isDiagonal(tile)) return;
      kernels.transpose(at, quadsOf(row.count), quadsOf(column.count), transposed);
      take(columns, column, rows, row, transposed, isPlain);
    });
    for (const side of this.sides()) {
      for (const { first, count } of this.share(side)) {
        const terms = [side.losses + 4 * first, side.counts + 4 * first] as const;
        kernels.finish(this.statisticsOf(side, first), this.anchorsOf(side, first), ...terms, count / QUAD);
      }
    }
    yield BARRIER;
  }

  /** Visits the tiles of this thread's pairs of blocks, round by round. */
  private *sweep(visit: (tile: Tile) => void): Generator<Step, void> {
    const { plan, thread } = this;
    const { rows, columns, rowBlock, columnBlock, threads } = plan;
    for (const round of roundsOf(plan)) {
      for (let index = thread; index < round.length; index += threads) {
        const block = round[index];
        const isSame = rows === columns && block.row === block.column;
        for (const row of tilesOf(block.row, rowBlock, rows)) {
          for (const column of tilesOf(block.column, columnBlock, columns)) {
            if (isSame && column.first < row.first) continue;
            visit({ row, column });
            yield row.count * column.count;
          }
        }
      }
      yield BARRIER;
    }
  }

  private isDiagonal({ row, column }: Tile): boolean {
    return this.plan.rows === this.plan.columns && row.first === column.first;
  }
}

/**
 * The queries alone are anchors: a panel of rows, a tile high, is compared with all columns, its statistics are finished,
 * and the similarities that are still there become pulls. Threads share the columns. What each knows of the panel's rows
 * lies in two places in turn, so that nobody writes over what another still reads.
 */
class Panels extends Passes {
  *stream(): Generator<Step, void> {
    const { plan } = this;
    const { rows, panels, threads } = plan;
    if (!panels) return;
    let before: (() => void) | undefined;
    for (const [index, row] of rangesOf(0, rows.count, TILE, rows.count).entries()) {
      const turn = index % 2;
      const tiles = this.tilesOf(row, panels);
      const statistics = (thread: number) => panels.statistics + (2 * thread + turn) * panels.statisticsBytes;
      yield* this.accumulate(row, tiles, statistics(this.thread));
      yield BARRIER;
      before?.();
      const parts = Array.from({ length: threads }, (_, thread) => statistics(thread));
      const anchors = this.finish(row, panels, parts);
      if (!plan.gradient) continue;
      const gathered = (thread: number) => this.gradientOf(row, panels, thread, turn);
      yield* this.gather(row, tiles, anchors, gathered(this.thread));
      before = () => this.addUp(row, gathered);
    }
    yield BARRIER;
    before?.();
  }

  /** The panel's tiles that are this thread's, and where they lie. */
  private tilesOf(row: Range, panels: PanelPlan): { tile: Tile; at: number }[] {
    const { columns, threads } = this.plan;
    return rangesOf(0, columns.count, TILE, columns.count)
      .map((column, position) => ({ tile: { row, column }, at: panels.tiles + position * TILE_BYTES }))
      .filter(({ tile }, position) => position % threads === this.thread && !this.isIdle(tile));
  }

  /** Whether a tile holds excluded pairs only: where there are extra negatives, queries meet keys on the diagonal alone. */
  private isIdle({ row, column }: Tile): boolean {
    const { isExclusive, rows } = this.plan;
    return isExclusive && column.first + column.count <= rows.count && column.first !== row.first;
  }

  private *accumulate(
    row: Range,
    tiles: { tile: Tile; at: number }[],
    statistics: number,
  ): Generator<Step, void> {
    const { kernels, plan } = this;
    const { rows, columns } = plan;
    kernels.clear(statistics, quadsOf(row.count));
    for (const { tile, at } of tiles) {
      const { column } = tile;
      this.multiply(tile, at);
      const accumulate = this.isPlain(tile) ? kernels.accumulatePlain : kernels.accumulate;
      accumulate(
        statistics,
        rows.labels + 4 * row.first,
        row.first,
        quadsOf(row.count),
        columns.labels + 4 * column.first,
        column.first,
        column.count,
        at,
        0,
      );
      yield row.count * column.count;
    }
  }

  /** Every thread puts all parts together for itself, in the same order; the first one keeps the terms. */
  private finish(row: Range, panels: PanelPlan, parts: number[]): number {
    const { kernels, plan, thread } = this;
    const { rows } = plan;
    const own = panels.own + thread * panels.ownBytes;
    const quads = quadsOf(row.count);
    const anchors = own + panels.statisticsBytes;
    const terms = anchors + panels.anchorsBytes;
    const losses = thread === 0 ? rows.losses + 4 * row.first : terms;
    const counts = thread === 0 ? rows.counts + 4 * row.first : terms + 4 * TILE;
    kernels.clear(own, quads);
    for (const part of parts) kernels.combine(own, part, quads);
    kernels.finish(own, anchors, losses, counts, quads);
    return anchors;
  }

  /** Pulls, and what they do to this thread's columns and, gathered apart, to the rows. */
  private *gather(
    row: Range,
    tiles: { tile: Tile; at: number }[],
    anchors: number,
    gradient: number,
  ): Generator<Step, void> {
    const { plan, thread, memory } = this;
    if (thread > 0) new Float32Array(memory.buffer, gradient, TILE * plan.dimension).fill(0);
    for (const { tile, at } of tiles) {
      this.pullTile(tile, at, anchors, 1);
      this.collectRows(tile, at, gradient);
      this.collectColumns(tile, at, this.scratch(0));
      yield row.count * tile.column.count;
    }
  }

  /** Where a thread gathers the gradient of a panel's rows: the first one in place. */
  private gradientOf(row: Range, panels: PanelPlan, thread: number, turn: number): number {
    if (thread === 0) return this.componentsAt(this.plan.rows.gradient, row.first);
    return panels.gradients + (2 * thread + turn) * panels.gradientBytes;
  }

  /** Adds what the others gathered to the gradient of a panel's rows; each thread sees to its share of it. */
  private addUp(row: Range, gathered: (thread: number) => number): void {
    const { plan, thread, memory } = this;
    const length = QUAD * quadsOf(row.count) * plan.dimension;
    const from = Math.floor((length * thread) / plan.threads);
    const to = Math.floor((length * (thread + 1)) / plan.threads);
    const of = (other: number) => new Float32Array(memory.buffer, gathered(other), length);
    const total = of(0);
    for (let other = 1; other < plan.threads; other++) {
      const part = of(other);
      for (let index = from; index < to; index++) total[index] += part[index];
    }
  }
}

/** Quads of so many points: rows come in pairs of quads, and are padded for it. */
function quadsOf(points: number): number {
  return 2 * Math.ceil(points / (2 * QUAD));
}

/** `count` points from `first` on in ranges of `step`, cut off at `end`. */
function rangesOf(first: number, count: number, step: number, end: number): Range[] {
  const ranges: Range[] = [];
  for (let at = first; at < Math.min(first + count, end); at += step) {
    ranges.push({ first: at, count: Math.min(step, first + count - at, end - at) });
  }
  return ranges;
}

/** The tiles along one side of a block. */
function tilesOf(block: number, points: number, side: Side): Range[] {
  return rangesOf(block * points, points, TILE, side.count);
}
