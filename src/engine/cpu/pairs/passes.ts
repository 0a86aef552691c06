import type { PairPlan, Side } from './plan.ts';
import { quadsOf, rangesOf } from './ranges.ts';
import type { Range, Tile } from './ranges.ts';
import type { PointKernels } from './points.ts';
import { Spans } from './spans.ts';
import type { StatisticsKernels, TakeIn } from './statistics.ts';
import { QUAD, TILE_BYTES, VECTOR } from './tile.ts';

/** All threads have to be here before any goes on. */
export const BARRIER = 'barrier';
/** Another thread has to end what it is at before this one can go on: to be looked at again soon. */
export const TURN = 'turn';

/** Yielded between units of work: how many pairs it was worth, or that others are to be waited for. */
export type Step = number | typeof BARRIER | typeof TURN;

/** The sums of a thread's kernels; the weight of gradients follows them. */
export const SUMS_BYTES = 32;

/** Points handled at a time where no tile sets the pace, and what one is worth, in pairs. */
const CHUNK = 256;
export const POINT_COST = 4;

export interface PassKernels extends PointKernels, StatisticsKernels {
  /** 1 where all pairs of a tile are negatives, as most are. */
  isPlain(rowLabels: number, rowQuads: number, columnLabels: number, columns: number): number;

  /** See products.ts. */
  transpose(tile: number, rowQuads: number, columnQuads: number, transposed: number): void;
}

/** What all ways through the pairs have in common. */
export abstract class Passes<Kernels extends PassKernels, Plan extends PairPlan = PairPlan> {
  protected readonly kernels: Kernels;
  protected readonly memory: WebAssembly.Memory;
  protected readonly plan: Plan;
  protected readonly thread: number;
  private readonly rowSpans: Spans;
  private readonly columnSpans: Spans;

  constructor(kernels: Kernels, memory: WebAssembly.Memory, plan: Plan, thread: number) {
    this.kernels = kernels;
    this.memory = memory;
    this.plan = plan;
    this.thread = thread;
    this.rowSpans = new Spans(memory, plan.rows);
    this.columnSpans = plan.rows === plan.columns ? this.rowSpans : new Spans(memory, plan.columns);
  }

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
    this.setWeight(this.weight());
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

  /** Where this thread's kernels find the weight. */
  protected get weightAt(): number {
    return this.plan.sums + 64 * this.thread + SUMS_BYTES;
  }

  protected setWeight(weight: number): void {
    new Float64Array(this.memory.buffer, this.weightAt, 1)[0] = weight;
  }

  /** What everything that was gathered is multiplied by. */
  protected abstract weight(): number;

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

  /** Points of one side take in a tile of candidates of another, or of the same; their tile lies at `tile`. */
  protected takeIn(
    kernel: TakeIn,
    anchors: Side,
    own: Range,
    candidates: Side,
    others: Range,
    tile: number,
  ): void {
    kernel(
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
  }

  /** Where a point's components begin, among points or gradients. */
  protected componentsAt(start: number, point: number): number {
    return start + point * this.plan.dimension * 4;
  }

  /** Whether a tile holds negatives only. */
  protected isPlain({ row, column }: Tile): boolean {
    const { kernels, plan } = this;
    const { rows, columns } = plan;
    if (!plan.isExclusive && this.rowSpans.isApart(row, this.columnSpans, column)) return true;
    const [rowLabels, columnLabels] = [rows.labels + 4 * row.first, columns.labels + 4 * column.first];
    return kernels.isPlain(rowLabels, quadsOf(row.count), columnLabels, column.count) === 1;
  }

  /** One of this thread's two tiles. */
  protected scratch(index: 0 | 1): number {
    return this.plan.tiles + (2 * this.thread + index) * TILE_BYTES;
  }
}
