import { PairPasses } from './pair-passes.ts';
import { BARRIER } from './passes.ts';
import type { Step } from './passes.ts';
import { quadsOf } from './ranges.ts';
import type { Tile } from './ranges.ts';
import { QUAD } from './tile.ts';
import { isDiagonal, visitTiles } from './visit-tiles.ts';

/**
 * Rows and columns are anchors: one pass over all pairs for their statistics, maybe a second, and one for the gradient.
 * A tile serves its rows and, transposed, its columns; of one set only the upper half is computed.
 */
export class Sweeps extends PairPasses {
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
      const isPlain = this.isPlain(tile);
      if (!isPlain || !this.pushTile(tile, at)) {
        this.pullTile(tile, at, this.anchorsOf(rows, tile.row.first), isPlain);
      }
      // The diagonal of one set holds each of its pairs twice.
      this.addSums(isDiagonal(plan, tile) ? 0.5 : 1);
      this.collectRows(tile, at, rowGradient(tile));
      if (!isDiagonal(plan, tile)) this.collectColumns(tile, at, transposed, columnGradient(tile));
    });
  }

  private *accumulate(kernel: 'accumulate' | 'refine', pass: number): Generator<Step, void> {
    const { kernels } = this;
    const { rows, columns } = this.plan;
    const [at, transposed] = [this.scratch(0), this.scratch(1)];
    yield* this.sweep(pass, (tile) => {
      const { row, column } = tile;
      const isPlain = this.isPlain(tile);
      const take = isPlain ? kernels.accumulatePlain : kernels[kernel];
      if (!take || (isPlain && kernel === 'refine')) return;
      this.multiply(tile, this.componentsAt(rows.points, row.first), at);
      if (isPlain && this.includeTile(tile, at)) return;
      this.takeIn(take, rows, row, columns, column, at);
      if (isDiagonal(this.plan, tile)) return;
      kernels.transpose(at, quadsOf(row.count), quadsOf(column.count), transposed);
      this.takeIn(take, columns, column, rows, row, transposed);
    });
    for (const side of this.sides()) {
      for (const { first, count } of this.share(side)) {
        const terms = [side.losses + 4 * first, side.counts + 4 * first] as const;
        kernels.finish(this.statisticsOf(side, first), this.anchorsOf(side, first), ...terms, count / QUAD);
      }
    }
    yield BARRIER;
  }

  /** Takes a tile of negatives in at once, see softmax-tiles.ts; false where that is not to be had. */
  private includeTile({ row, column }: Tile, at: number): boolean {
    const { kernels, plan } = this;
    const [own, other] = [
      this.statisticsOf(plan.rows, row.first),
      this.statisticsOf(plan.columns, column.first),
    ];
    if (!kernels.includeTile || column.count % QUAD > 0) return false;
    return kernels.includeTile(own, quadsOf(row.count), other, column.count, at, this.scratch(1)) === 1;
  }

  /** The same for its pulls. */
  private pushTile({ row, column }: Tile, at: number): boolean {
    const { kernels, plan, sums } = this;
    const [own, other] = [this.anchorsOf(plan.rows, row.first), this.anchorsOf(plan.columns, column.first)];
    if (!kernels.pushTile || column.count % QUAD > 0) return false;
    const [quads, scratch] = [quadsOf(row.count), this.scratch(1)];
    return kernels.pushTile(own, quads, other, column.count, at, sums.byteOffset, scratch) === 1;
  }

  private sweep(pass: number, visit: (tile: Tile) => void): Generator<Step, void> {
    return visitTiles(this.memory, this.plan, pass, visit, (unit) => this.tell(unit));
  }
}
