import type { Kernels } from './kernels.ts';
import { Passes, SUMS_BYTES } from './passes.ts';
import type { Step } from './passes.ts';
import { TOTALS } from './plan.ts';
import type { PairPlan } from './plan.ts';
import { quadsOf } from './ranges.ts';
import type { Tile } from './ranges.ts';
import { QUAD } from './tile.ts';

/** What both ways through the similarities of pairs have in common. */
export abstract class PairPasses extends Passes<Kernels> {
  protected readonly sums: Float32Array;
  private pull = 0;
  private pullSimilarity = 0;

  constructor(kernels: Kernels, memory: WebAssembly.Memory, plan: PairPlan, thread: number) {
    super(kernels, memory, plan, thread);
    this.sums = new Float32Array(memory.buffer, plan.sums + 64 * thread, SUMS_BYTES / 4);
  }

  abstract stream(): Generator<Step, void>;

  /** The loss is the mean over the terms of all anchors. */
  protected override weight(): number {
    const { rows, columns, anchors } = this.plan;
    const sides = anchors === 'both' ? [rows, columns] : [rows];
    let terms = 0;
    for (const { counts, count } of sides) {
      for (const own of new Uint32Array(this.memory.buffer, counts, count)) terms += own;
    }
    return terms === 0 ? 0 : 1 / terms;
  }

  /** Puts the sums of the pulls of a unit of work down, and begins anew. */
  protected tell(unit: number): void {
    const { memory, plan } = this;
    const totals = new Float64Array(memory.buffer, plan.totals + 8 * TOTALS * unit, TOTALS);
    totals[0] = this.pull;
    totals[1] = this.pullSimilarity;
    this.pull = this.pullSimilarity = 0;
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
}
