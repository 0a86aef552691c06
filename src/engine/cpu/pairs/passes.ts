import type { Kernels } from './kernels.ts';
import { TOTALS } from './plan.ts';
import type { PairPlan, Side } from './plan.ts';
import { quadsOf, rangesOf } from './ranges.ts';
import type { Range, Tile } from './ranges.ts';
import { Spans } from './spans.ts';
import { QUAD, TILE_BYTES, VECTOR } from './tile.ts';

/** All threads have to be here before any goes on. */
export const BARRIER = 'barrier';
/** Another thread has to end what it is at before this one can go on: to be looked at again soon. */
export const TURN = 'turn';

/** Yielded between units of work: how many pairs it was worth, or that others are to be waited for. */
export type Step = number | typeof BARRIER | typeof TURN;

/** Points handled at a time where no tile sets the pace, and what one is worth, in pairs. */
const CHUNK = 256;
export const POINT_COST = 4;

/** What both ways through the pairs have in common. */
export abstract class Passes {
  protected readonly kernels: Kernels;
  protected readonly memory: WebAssembly.Memory;
  protected readonly plan: PairPlan;
  protected readonly thread: number;
  protected readonly sums: Float32Array;
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

  /** Points normalized, if so wanted, padding made zeros, and everything that gathers made empty. */
  *prepare(): Generator<Step, void> {
    const { plan, kernels, memory } = this;
    const { dimension, normalize } = plan;
    for (const side of this.sides()) {
      const vectors = new Float32Array(memory.buffer, side.vectors, side.padded * dimension);
      for (const { first, count } of this.share(side)) {
        vectors.fill(
          0,
          Math.max(first, side.count) * dimension,
          Math.max(first + count, side.count) * dimension,
        );
        const at = this.componentsAt(side.vectors, first);
        if (normalize) kernels.normalize(at, count, side.norms + 4 * first);
        if (side.points > 0) kernels.layOut(at, count / QUAD, this.componentsAt(side.points, first));
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
    if (!this.plan.gradient) return;
    yield BARRIER;
    const terms = this.countTerms();
    this.setWeight(terms === 0 ? 0 : 1 / terms);
    for (const side of this.sides()) {
      for (const { first, count } of this.share(side)) {
        this.giveBack(side, first, count);
        yield count * POINT_COST;
      }
    }
  }

  /** Turns what was gathered for these points, times the weight, into their gradient. */
  protected giveBack(side: Side, first: number, count: number): void {
    this.returnGradient(side, first, count, this.componentsAt(side.gradient, first));
  }

  /** @param gradient where the gathered gradient of the first of these points lies. */
  protected returnGradient(side: Side, first: number, count: number, gradient: number): void {
    const { kernels, plan } = this;
    const vectors = this.componentsAt(side.vectors, first);
    if (plan.normalize) {
      kernels.giveBackNormalized(vectors, count / QUAD, gradient, this.weightAt, side.norms + 4 * first);
    } else {
      kernels.giveBack(vectors, count / QUAD, gradient, this.weightAt);
    }
  }

  /** Where this thread's kernels find the weight of gradients. */
  protected get weightAt(): number {
    return this.sums.byteOffset + this.sums.byteLength;
  }

  protected setWeight(weight: number): void {
    new Float64Array(this.memory.buffer, this.weightAt, 1)[0] = weight;
  }

  /** How many terms all anchors have: what the loss is the mean over. */
  private countTerms(): number {
    const { rows, columns, anchors } = this.plan;
    const sides = anchors === 'both' ? [rows, columns] : [rows];
    let terms = 0;
    for (const { counts, count } of sides) {
      for (const own of new Uint32Array(this.memory.buffer, counts, count)) terms += own;
    }
    return terms;
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

  /** Turns the similarities of a tile into pulls; the sums are still to be told. */
  protected pullTile({ row, column }: Tile, at: number, rowAnchors: number, isPlain: boolean): void {
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
  }

  /** Adds what the kernels found to the sums of the unit of work. */
  protected addSums(weight: number): void {
    const { sums } = this;
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
