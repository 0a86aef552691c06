import { PairPasses } from './pair-passes.ts';
import type { Step } from './passes.ts';
import type { Side } from './plan.ts';
import { quadsOf, rangesOf } from './ranges.ts';
import type { Range, Tile } from './ranges.ts';
import { PANEL_TILE_BYTES, QUAD, TILE, TILE_BYTES } from './tile.ts';
import { Turns } from './turns.ts';

/**
 * The queries alone are anchors: a panel of rows, at most a tile high, is compared with all columns, its statistics are
 * finished, and the similarities that are still there, or their exponentials, become pulls. Threads take groups of panels, and each group gathers
 * the gradient of the columns apart, so that nobody waits for anybody before the end.
 */
export class Panels extends PairPasses {
  private readonly panels = this.plan.panels!;

  *stream(): Generator<Step, void> {
    const { plan, memory } = this;
    const { height, groups, workers, gradientBytes } = this.panels;
    if (this.thread >= workers) return;
    const panels = rangesOf(0, plan.rows.count, height, plan.rows.count);
    this.setWeight(1);
    const turns = new Turns(memory, plan, 0);
    for (let group = turns.claim(); group < groups.length - 1; group = turns.claim()) {
      const gradient = this.columnGradientOf(group);
      if (group > 0) new Uint8Array(memory.buffer, gradient, gradientBytes).fill(0);
      for (const row of panels.slice(groups[group], groups[group + 1])) yield* this.takePanel(row, gradient);
      this.tell(group);
    }
  }

  /** Rows have their gradient from their panel, but for the weight, which was not known yet; that of columns lies apart. */
  protected override giveBack(side: Side, first: number, count: number): void {
    const { kernels, plan, panels } = this;
    if (side === plan.rows) {
      kernels.scale(this.componentsAt(side.vectors, first), count, this.weightAt);
      return;
    }
    const target = this.componentsAt(side.gradient, first);
    for (let group = 1; group < panels.groups.length - 1; group++) {
      const source = this.componentsAt(this.columnGradientOf(group), first);
      kernels.add(target, source, 4 * count * plan.dimension);
    }
    super.giveBack(side, first, count);
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

    kernels.layOut(this.componentsAt(rows.vectors, row.first), quads, points);
    kernels.clear(statistics, quads);
    const exponentiated = new Set<number>();
    let areClose = true;
    for (const { tile, at, isPlain } of tiles) {
      const { column } = tile;
      this.multiply(tile, points, at);
      yield row.count * column.count;
      if (isPlain && areClose && kernels.exponentiate) {
        areClose = kernels.exponentiate(statistics, quads, column.count, at, at + TILE_BYTES) === 1;
        if (areClose) {
          exponentiated.add(at);
          continue;
        }
        // Rows that are too far apart here are likely to be so elsewhere: it is not tried again.
        this.multiply(tile, points, at);
      }
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
    }
    kernels.finish(statistics, anchors, rows.losses + 4 * row.first, rows.counts + 4 * row.first, quads);
    if (!plan.gradient) return;
    new Float32Array(memory.buffer, rowGradient, QUAD * quads * plan.dimension).fill(0);
    for (const { tile, at, isPlain } of tiles) {
      if (exponentiated.has(at)) {
        kernels.pushRows?.(anchors, quads, tile.column.count, at, at + TILE_BYTES, this.sums.byteOffset);
      } else {
        this.pullTile(tile, at, anchors, isPlain);
      }
      this.addSums(1);
      this.collectRows(tile, at, rowGradient);
      const gradient = this.componentsAt(columnGradient, tile.column.first);
      this.collectColumns(tile, at, this.scratch(0), gradient);
      yield row.count * tile.column.count;
    }
    // Nobody else needs these points any more.
    this.returnGradient(rows, row.first, QUAD * quads, rowGradient);
  }

  /** The panel's tiles, where they lie, and whether they hold negatives only. */
  private tilesOf(row: Range): { tile: Tile; at: number; isPlain: boolean }[] {
    const { thread, panels } = this;
    const { columns } = this.plan;
    const first = panels.tiles + thread * panels.tilesBytes;
    return rangesOf(0, columns.count, TILE, columns.count)
      .map((column, position) => ({ tile: { row, column }, at: first + position * PANEL_TILE_BYTES }))
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
