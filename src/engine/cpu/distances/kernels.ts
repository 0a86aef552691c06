/** The kernels of the skeleton of distances for one loss and one dimension, of points that meet all others of their set. */
import numerics from '../../../../shaders/numerics.wgsl?raw';
import type { PassKernels } from '../pairs/passes.ts';
import { writePoints } from '../pairs/points.ts';
import { writeCollectDifferences, writeDistances, writeTranspose } from '../pairs/products.ts';
import type { CollectDifferences, Compare } from '../pairs/products.ts';
import type { KernelModule } from '../kernel-module.ts';
import {
  counting,
  PADDING,
  plainRelation,
  QUAD_LANES,
  relate,
  RELATION,
  SAME_LANES,
  writeIsPlain,
} from '../pairs/relation.ts';
import { open, parameterNames } from '../pairs/scope.ts';
import type { Scope } from '../pairs/scope.ts';
import { writeClear, writeTakeIn } from '../pairs/statistics.ts';
import { COLUMN_BYTES, QUAD, VECTOR } from '../pairs/tile.ts';
import { ModuleBuilder } from '../wasm/assembler.ts';
import { parse } from '../wgsl/parse.ts';
import { PARTS } from './plan.ts';

export interface DistanceKernels extends PassKernels {
  /** Squared distances, and what they pull; see products.ts. */
  measure: Compare;
  collectDifferences: CollectDifferences;

  /** Squared distances to pulls, in place, 0 for padding. `total`: what all points gathered, one vector. */
  pull: Pull;
  pullPlain: Pull;
}

type Pull = (
  total: number,
  rowLabels: number,
  firstRow: number,
  rowQuads: number,
  columnLabels: number,
  firstColumn: number,
  columns: number,
  tile: number,
) => void;

/**
 * @param shader shaders/losses: Parameters, emptyTally, accumulate, combine, pull. Its parameters are read from the start
 * of memory.
 * @throws WgslError for WGSL that is not in the subset of wgsl/syntax.ts.
 */
export function writeDistanceKernels(shader: string, dimension: number, relaxed: boolean): KernelModule {
  const shape = { dimension, isOneSet: true, isExclusive: false, columnsAreAnchors: true };
  const program = parse(numerics + RELATION + shader);
  const builder = new ModuleBuilder(relaxed);
  const names = { statistics: 'mat4x4f', empty: 'emptyTally' };
  const scope: Scope = { program, shape, names, ...PARTS };
  writePoints(builder, dimension);
  writeDistances(builder, 'measure', dimension);
  writeCollectDifferences(builder, dimension);
  writeTranspose(builder);
  writeClear(builder, scope);
  writeIsPlain(builder, shape);
  writeTakeIn(builder, scope, 'accumulate', false);
  writeTakeIn(builder, scope, 'accumulate', true);
  writePull(builder, scope, false);
  writePull(builder, scope, true);
  return { builder, parts: PARTS, parameters: parameterNames(program) };
}

function writePull(module: ModuleBuilder, scope: Scope, isPlain: boolean): void {
  module.function(isPlain ? 'pullPlain' : 'pull', 8, (f, total, rowLabels, firstRow, rowQuads, ...rest) => {
    const [columnLabels, firstColumn, columns, tile] = rest;
    const { loss, parameters } = open(f, scope);
    const plain = plainRelation(f);
    const gathered = { type: 'vec4f', parts: [f.load(total)] };
    const rowsBytes = f.letInteger('i32.mul', rowQuads, VECTOR);
    const columnPoints = counting(f, firstColumn, 1, SAME_LANES);
    const columnOfTile = f.moving(tile);
    f.forEachOf(columnLabels, columns, 4, (label) => {
      const column = { labels: f.loadSplat(label), points: columnPoints.points };
      const isInside = f.let('i32x4.gt_s', column.labels, f.constant(PADDING >>> 0, 'u32'));
      const labels = f.moving(rowLabels);
      const rowPoints = counting(f, firstRow, QUAD, QUAD_LANES);
      f.forEach(columnOfTile.at, f.letInteger('i32.add', columnOfTile.at, rowsBytes), VECTOR, (pair) => {
        let relation = plain;
        if (!isPlain) {
          const row = { labels: f.load(labels.at), points: rowPoints.points };
          const [positive, negative] = relate(f, scope.shape, row, column).parts;
          // Nothing may be collected from padding, which is apart from everything.
          const parts = [positive, negative].map((mask) => f.let('v128.and', mask, isInside));
          relation = { type: 'Relation', parts };
        }
        const squared = { type: 'vec4f', parts: [f.load(pair)] };
        f.store(pair, 0, loss.call('pull', parameters, gathered, squared, relation).parts[0]);
        labels.move(VECTOR);
        rowPoints.next();
      });
      columnPoints.next();
      columnOfTile.move(COLUMN_BYTES);
    });
  });
}
