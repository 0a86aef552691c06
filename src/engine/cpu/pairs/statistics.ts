/** What each anchor gathers from the pairs of a tile. */
import type { ModuleBuilder } from '../wasm/assembler.ts';
import { counting, plainRelation, QUAD_LANES, relate, SAME_LANES } from './relation.ts';
import { loadStruct, open, storeStruct } from './scope.ts';
import type { Scope } from './scope.ts';
import { COLUMN_BYTES, QUAD, VECTOR } from './tile.ts';

export interface StatisticsKernels {
  /** Makes the statistics of these quads of anchors empty. */
  clear(statistics: number, quads: number): void;

  /** Rows as anchors take in `columns` candidates. `first...`: index of the first point, to tell it from itself. */
  accumulate: TakeIn;
  accumulatePlain: TakeIn;
}

export type TakeIn = (
  statistics: number,
  rowLabels: number,
  firstRow: number,
  rowQuads: number,
  columnLabels: number,
  firstColumn: number,
  columns: number,
  tile: number,
  anchors: number,
) => void;

export function writeClear(module: ModuleBuilder, scope: Scope): void {
  module.function('clear', 2, (f, statistics, quads) => {
    const { loss } = open(f, scope);
    const empty = loss.call(scope.names.empty);
    f.forEachOf(statistics, quads, scope.statistics * VECTOR, (at) => storeStruct(f, empty, at));
  });
}

export function writeTakeIn(
  module: ModuleBuilder,
  scope: Scope,
  name: 'accumulate' | 'refine',
  isPlain: boolean,
): void {
  const bytes = scope.statistics * VECTOR;
  module.function(
    isPlain ? `${name}Plain` : name,
    9,
    (f, statistics, rowLabels, firstRow, rowQuads, ...rest) => {
      const [columnLabels, firstColumn, columns, tile, anchors] = rest;
      const { loss, parameters } = open(f, scope);
      const plain = plainRelation(f);
      const labels = f.moving(rowLabels);
      const rowsOfTile = f.moving(tile);
      const anchorOfRows = f.moving(anchors);
      const rowPoints = counting(f, firstRow, QUAD, QUAD_LANES);
      const tileBytes = f.letInteger('i32.mul', columns, COLUMN_BYTES);
      f.forEachOf(statistics, rowQuads, bytes, (at) => {
        // A tile's statistics begin empty and are then combined with those before: long sums stay exact.
        const seen = loss.variable(scope.names.statistics, loss.call(scope.names.empty));
        const known = name === 'refine' ? [loadStruct(f, 'Anchor', scope.anchor, anchorOfRows.at)] : [];
        const row = { labels: f.load(labels.at), points: rowPoints.points };
        const columnPoints = counting(f, firstColumn, 1, SAME_LANES);
        const label = f.moving(columnLabels);
        f.forEach(rowsOfTile.at, f.letInteger('i32.add', rowsOfTile.at, tileBytes), COLUMN_BYTES, (pair) => {
          const column = () => ({ labels: f.loadSplat(label.at), points: columnPoints.points });
          const relation = isPlain ? plain : relate(f, scope.shape, row, column());
          const similarity = { type: 'vec4f', parts: [f.load(pair)] };
          loss.call(name, seen, parameters, similarity, relation, ...known);
          label.move(4);
          columnPoints.next();
        });
        const before = loadStruct(f, scope.names.statistics, scope.statistics, at);
        storeStruct(f, loss.call('combine', before, seen), at);
        labels.move(VECTOR);
        rowPoints.next();
        rowsOfTile.move(VECTOR);
        anchorOfRows.move(scope.anchor * VECTOR);
      });
    },
  );
}
