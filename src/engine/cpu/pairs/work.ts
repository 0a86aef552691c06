/** What one thread does of an evaluation: the skeleton's passes over the tiles of all pairs, in a fixed order. */
import { PADDING } from './kernels.ts';
import type { Kernels } from './kernels.ts';
import { TOTALS } from './plan.ts';
import type { PairPlan, Side } from './plan.ts';
import { countTerms, layOut, preparePoints, returnGradient, scaleVectors } from './points.ts';
import { meetingsOf } from './schedule.ts';
import { GRAIN, QUAD, TILE, TILE_BYTES, VECTOR } from './tile.ts';
import { Turns } from './turns.ts';

/** All threads have to be here before any goes on. */
export const BARRIER = 'barrier';
/** Another thread has to end what it is at before this one can go on: to be looked at again soon. */
export const TURN = 'turn';

/** Yielded between units of work: how many pairs it was worth, or that others are to be waited for. */
export type Step = number | typeof BARRIER | typeof TURN;

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
  private readonly rowSpans: Spans;
  private readonly columnSpans: Spans;
  private pull = 0;
  private pullSimilarity = 0;

  constructor(kernels: Kernels, memory: WebAssembly.Memory, plan: PairPlan, thread: number) {
    this.kernels = kernels;
    this.memory = memory;
    this.plan = plan;
    this.thread = thread;
    this.sums = new Float32Array(memory.buffer, plan.sums + 64 * thread, 8);
    this.rowSpans = new Spans(memory, plan.rows);
    this.columnSpans = plan.rows === plan.columns ? this.rowSpans : new Spans(memory, plan.columns);
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
        if (side.gradient > 0) {
          const gradient = new Float32Array(memory.buffer, side.gradient, side.padded * dimension);
          gradient.fill(0, first * dimension, (first + count) * dimension);
        }
        if (side.statistics > 0) kernels.clear(this.statisticsOf(side, first), count / QUAD);
        yield count * POINT_COST;
      }
    }
    yield BARRIER;
  }

  /** Turns what was gathered into the gradient with respect to what was passed in. */
  *conclude(): Generator<Step, void> {
    const { plan, memory } = this;
    if (!plan.gradient) return;
    yield BARRIER;
    const terms = countTerms(memory, plan);
    for (const side of this.sides()) {
      for (const { first, count } of this.share(side)) {
        this.giveBack(side, first, count, terms === 0 ? 0 : 1 / terms);
        yield count * POINT_COST;
      }
    }
  }

  /** Turns what was gathered for these points, times the weight, into their gradient. */
  protected giveBack(side: Side, first: number, count: number, weight: number): void {
    const { memory, plan } = this;
    returnGradient(memory, plan, side, first, count, weight, this.componentsAt(side.gradient, first));
  }

  /** Puts the sums of the pulls of a unit of work down, and begins anew. */
  protected tell(unit: number): void {
    const { memory, plan } = this;
    const totals = new Float64Array(memory.buffer, plan.totals + 8 * TOTALS * unit, TOTALS);
    totals[0] = this.pull;
    totals[1] = this.pullSimilarity;
    this.pull = this.pullSimilarity = 0;
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

  /** @param points where the quads of the tile's rows begin. */
  protected multiply({ row, column }: Tile, points: number, at: number): void {
    const { kernels, plan } = this;
    kernels.multiply(
      points,
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
    if (!plan.isExclusive && this.rowSpans.isApart(row, this.columnSpans, column)) return true;
    const [rowLabels, columnLabels] = [rows.labels + 4 * row.first, columns.labels + 4 * column.first];
    return kernels.isPlain(rowLabels, quadsOf(row.count), columnLabels, column.count) === 1;
  }

  /** Turns the similarities of a tile into pulls. */
  protected pullTile(
    { row, column }: Tile,
    at: number,
    rowAnchors: number,
    isPlain: boolean,
    weight: number,
  ): void {
    const { kernels, plan, sums } = this;
    const { rows, columns } = plan;
    const pull = isPlain ? kernels.pullPlain : kernels.pull;
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
  protected collectColumns({ row, column }: Tile, at: number, transposed: number, gradient: number): void {
    const { kernels, plan } = this;
    const vectors = this.componentsAt(plan.rows.vectors, row.first);
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
  private readonly meetings = meetingsOf(this.plan);

  *stream(): Generator<Step, void> {
    const { plan } = this;
    const { rows } = plan;
    const [at, transposed] = [this.scratch(0), this.scratch(1)];
    yield* this.accumulate('accumulate', 0);
    if (plan.refines) yield* this.accumulate('refine', 1);
    if (!plan.gradient) return;
    const rowGradient = ({ row }: Tile) => this.componentsAt(rows.gradient, row.first);
    const columnGradient = ({ column }: Tile) => this.componentsAt(plan.columns.gradient, column.first);
    yield* this.sweep(2, (tile) => {
      this.multiply(tile, this.componentsAt(rows.points, tile.row.first), at);
      const anchors = this.anchorsOf(rows, tile.row.first);
      // The diagonal of one set holds each of its pairs twice.
      this.pullTile(tile, at, anchors, this.isPlain(tile), this.isDiagonal(tile) ? 0.5 : 1);
      this.collectRows(tile, at, rowGradient(tile));
      if (!this.isDiagonal(tile)) this.collectColumns(tile, at, transposed, columnGradient(tile));
    });
  }

  private *accumulate(kernel: 'accumulate' | 'refine', pass: number): Generator<Step, void> {
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
    yield* this.sweep(pass, (tile) => {
      const { row, column } = tile;
      const isPlain = this.isPlain(tile);
      if (isPlain && kernel === 'refine') return;
      this.multiply(tile, this.componentsAt(rows.points, row.first), at);
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

  /** Visits the tiles of one pair of blocks after another, whichever are still to be had. */
  private *sweep(pass: number, visit: (tile: Tile) => void): Generator<Step, void> {
    const { plan, memory, meetings } = this;
    const { rows, columns, rowBlock, columnBlock } = plan;
    const turns = new Turns(memory, plan, pass);
    for (let unit = turns.claim(); unit < meetings.length; unit = turns.claim()) {
      const meeting = meetings[unit];
      while (!turns.isDue(meeting)) yield TURN;
      const isSame = rows === columns && meeting.row === meeting.column;
      for (const row of tilesOf(meeting.row, rowBlock, rows)) {
        for (const column of tilesOf(meeting.column, columnBlock, columns)) {
          if (isSame && column.first < row.first) continue;
          visit({ row, column });
          yield row.count * column.count;
        }
      }
      this.tell(unit);
      turns.isOver(meeting);
    }
    yield BARRIER;
  }

  private isDiagonal({ row, column }: Tile): boolean {
    return this.plan.rows === this.plan.columns && row.first === column.first;
  }
}

/**
 * The queries alone are anchors: a panel of rows, at most a tile high, is compared with all columns, its statistics are
 * finished, and the similarities that are still there become pulls. Threads take groups of panels, and each group gathers
 * the gradient of the columns apart, so that nobody waits for anybody before the end.
 */
class Panels extends Passes {
  private readonly panels = this.plan.panels!;

  *stream(): Generator<Step, void> {
    const { plan, memory } = this;
    const { height, groups, workers, gradientBytes } = this.panels;
    if (this.thread >= workers) return;
    const panels = rangesOf(0, plan.rows.count, height, plan.rows.count);
    const turns = new Turns(memory, plan, 0);
    for (let group = turns.claim(); group < groups.length - 1; group = turns.claim()) {
      const gradient = this.columnGradientOf(group);
      if (group > 0) new Uint8Array(memory.buffer, gradient, gradientBytes).fill(0);
      for (const row of panels.slice(groups[group], groups[group + 1])) yield* this.takePanel(row, gradient);
      this.tell(group);
    }
  }

  /** Rows have their gradient from their panel, but for the weight, which was not known yet; that of columns lies apart. */
  protected override giveBack(side: Side, first: number, count: number, weight: number): void {
    const { kernels, memory, plan, panels } = this;
    if (side === plan.rows) {
      scaleVectors(memory, side, plan.dimension, first, count, weight);
      return;
    }
    const target = this.componentsAt(side.gradient, first);
    for (let group = 1; group < panels.groups.length - 1; group++) {
      const source = this.componentsAt(this.columnGradientOf(group), first);
      kernels.add(target, source, 4 * count * plan.dimension);
    }
    super.giveBack(side, first, count, weight);
  }

  /** Where a group gathers the gradient of the columns: the first one in place. */
  private columnGradientOf(group: number): number {
    const { gradients, gradientBytes } = this.panels;
    return group === 0 ? this.plan.columns.gradient : gradients + (group - 1) * gradientBytes;
  }

  /** @param columnGradient where the columns' gradient is gathered. */
  private *takePanel(row: Range, columnGradient: number): Generator<Step, void> {
    const { kernels, plan, memory, thread, panels } = this;
    const { rows, columns } = plan;
    const quads = quadsOf(row.count);
    const points = panels.points + thread * panels.pointsBytes;
    const rowGradient = panels.rowGradients + thread * panels.pointsBytes;
    const statistics = panels.own + thread * panels.ownBytes;
    const anchors = statistics + panels.statisticsBytes;
    const tiles = this.tilesOf(row);

    layOut(memory.buffer, rows, plan.dimension, row.first, QUAD * quads, points);
    kernels.clear(statistics, quads);
    for (const { tile, at, isPlain } of tiles) {
      const { column } = tile;
      this.multiply(tile, points, at);
      const accumulate = isPlain ? kernels.accumulatePlain : kernels.accumulate;
      accumulate(
        statistics,
        rows.labels + 4 * row.first,
        row.first,
        quads,
        columns.labels + 4 * column.first,
        column.first,
        column.count,
        at,
        0,
      );
      yield row.count * column.count;
    }
    kernels.finish(statistics, anchors, rows.losses + 4 * row.first, rows.counts + 4 * row.first, quads);
    if (!plan.gradient) return;
    new Float32Array(memory.buffer, rowGradient, QUAD * quads * plan.dimension).fill(0);
    for (const { tile, at, isPlain } of tiles) {
      this.pullTile(tile, at, anchors, isPlain, 1);
      this.collectRows(tile, at, rowGradient);
      const gradient = this.componentsAt(columnGradient, tile.column.first);
      this.collectColumns(tile, at, this.scratch(0), gradient);
      yield row.count * tile.column.count;
    }
    // Nobody else needs these points any more.
    returnGradient(memory, plan, rows, row.first, QUAD * quads, 1, rowGradient);
  }

  /** The panel's tiles, where they lie, and whether they hold negatives only. */
  private tilesOf(row: Range): { tile: Tile; at: number; isPlain: boolean }[] {
    const { thread, panels } = this;
    const { columns } = this.plan;
    const first = panels.tiles + thread * panels.tilesBytes;
    return rangesOf(0, columns.count, TILE, columns.count)
      .map((column, position) => ({ tile: { row, column }, at: first + position * TILE_BYTES }))
      .filter(({ tile }) => !this.isIdle(tile))
      .map(({ tile, at }) => ({ tile, at, isPlain: this.isPlain(tile) }));
  }

  /** Whether a tile holds excluded pairs only: where there are extra negatives, queries meet keys on the diagonal alone. */
  private isIdle({ row, column }: Tile): boolean {
    const { isExclusive, rows } = this.plan;
    if (!isExclusive || column.first + column.count > rows.count) return false;
    return column.first >= row.first + row.count || row.first >= column.first + column.count;
  }
}

/** The least and the largest label of every GRAIN points: where two spans are apart, no label can match. */
class Spans {
  private readonly least: Int32Array;
  private readonly most: Int32Array;

  constructor({ buffer }: WebAssembly.Memory, { labels, padded }: Side) {
    const own = new Int32Array(buffer, labels, padded);
    this.least = new Int32Array(padded / GRAIN).fill(2 ** 31 - 1);
    this.most = new Int32Array(padded / GRAIN).fill(-(2 ** 31));
    own.forEach((label, point) => {
      const grain = Math.floor(point / GRAIN);
      this.least[grain] = Math.min(this.least[grain], label);
      this.most[grain] = Math.max(this.most[grain], label);
    });
  }

  /** Whether no point of the rows, none of which may be padding, can carry the label of one of the columns. */
  isApart(rows: Range, others: Spans, columns: Range): boolean {
    const [least, most] = this.ends(rows);
    const [leastOther, mostOther] = others.ends(columns);
    return least > PADDING && (most < leastOther || least > mostOther);
  }

  private ends({ first, count }: Range): [least: number, most: number] {
    let least = 2 ** 31 - 1;
    let most = -(2 ** 31);
    for (let grain = first / GRAIN; grain < (first + count) / GRAIN; grain++) {
      least = Math.min(least, this.least[grain]);
      most = Math.max(most, this.most[grain]);
    }
    return [least, most];
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
