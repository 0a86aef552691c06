import { Passes } from '../pairs/passes.ts';
import type { Step } from '../pairs/passes.ts';
import type { Range, Tile } from '../pairs/ranges.ts';
import { quadsOf } from '../pairs/ranges.ts';
import { QUAD } from '../pairs/tile.ts';
import { isDiagonal, visitTiles } from '../pairs/visit-tiles.ts';
import type { DistanceKernels } from './kernels.ts';
import type { DistancePlan } from './plan.ts';

/**
 * One pass over all pairs of a set for what each point gathers, and, once it is known what that comes to, one for the
 * gradient. A tile serves its rows and, transposed, its columns: only the upper half is computed.
 */
export class DistanceSweeps extends Passes<DistanceKernels, DistancePlan> {
  *gather(): Generator<Step, void> {
    yield* this.prepare();
    const { kernels, plan, memory } = this;
    const [at, transposed] = [this.scratch(0), this.scratch(1)];
    yield* visitTiles(memory, plan, 0, (tile) => {
      const { row, column } = tile;
      const isPlain = this.isPlain(tile);
      this.measure(tile, at);
      const take = isPlain ? kernels.accumulatePlain : kernels.accumulate;
      this.takeIn(take, plan.rows, row, plan.rows, column, at);
      if (isDiagonal(plan, tile)) return;
      kernels.transpose(at, quadsOf(row.count), quadsOf(column.count), transposed);
      this.takeIn(take, plan.rows, column, plan.rows, row, transposed);
    });
  }

  *pull(): Generator<Step, void> {
    const { kernels, plan, memory } = this;
    const [at, transposed] = [this.scratch(0), this.scratch(1)];
    yield* visitTiles(memory, plan, 1, (tile) => {
      const { row, column } = tile;
      this.measure(tile, at);
      this.pullTile(tile, at);
      this.collect(row, column, at);
      // A pull is the same from both of its ends.
      if (isDiagonal(plan, tile)) return;
      kernels.transpose(at, quadsOf(row.count), quadsOf(column.count), transposed);
      this.collect(column, row, transposed);
    });
    yield* this.conclude();
  }

  protected override weight(): number {
    return this.plan.ends;
  }

  private measure({ row, column }: Tile, at: number): void {
    const { kernels, plan } = this;
    kernels.measure(
      this.componentsAt(plan.rows.points, row.first),
      quadsOf(row.count),
      this.componentsAt(plan.rows.vectors, column.first),
      QUAD * quadsOf(column.count),
      at,
    );
  }

  private pullTile(tile: Tile, at: number): void {
    const { kernels, plan } = this;
    const { row, column } = tile;
    const columns = QUAD * quadsOf(column.count);
    const isPlain = columns === column.count && this.isPlain(tile);
    (isPlain ? kernels.pullPlain : kernels.pull)(
      plan.total,
      plan.rows.labels + 4 * row.first,
      row.first,
      quadsOf(row.count),
      plan.rows.labels + 4 * column.first,
      column.first,
      columns,
      at,
    );
  }

  private collect(own: Range, others: Range, at: number): void {
    const { rows } = this.plan;
    this.kernels.collectDifferences(
      this.componentsAt(rows.gradient, own.first),
      this.componentsAt(rows.points, own.first),
      quadsOf(own.count),
      this.componentsAt(rows.vectors, others.first),
      QUAD * quadsOf(others.count),
      at,
    );
  }
}
