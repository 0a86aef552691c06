/**
 * The kernels of the pair skeleton for one loss and one dimension: multiply-adds from products.ts, and the loss's pair
 * functions, which are the WGSL of the GPU's kernels, written out for four anchors at a time.
 */
import numerics from '../../../../shaders/numerics.wgsl?raw';
import rowTerms from '../../../../shaders/terms.wgsl?raw';
import type { KernelModule } from '../kernel-module.ts';
import { ModuleBuilder } from '../wasm/assembler.ts';
import { parse } from '../wgsl/parse.ts';
import { partsOf } from '../wgsl/syntax.ts';
import type { Value } from '../wgsl/value.ts';
import type { PassKernels } from './passes.ts';
import { writePoints } from './points.ts';
import { writeProducts } from './products.ts';
import {
  counting,
  plainRelation,
  QUAD_LANES,
  relate,
  RELATION,
  SAME_LANES,
  writeIsPlain,
} from './relation.ts';
import { loadSpread, loadStruct, open, parameterNames, storeStruct } from './scope.ts';
import type { KernelShape, Scope } from './scope.ts';
import { isSoftmax } from './softmax.ts';
import { writeSoftmaxPanels } from './softmax-panels.ts';
import type { SoftmaxPanelKernels } from './softmax-panels.ts';
import { writeSoftmaxTiles } from './softmax-tiles.ts';
import type { SoftmaxTileKernels } from './softmax-tiles.ts';
import { writeClear, writeTakeIn } from './statistics.ts';
import type { TakeIn } from './statistics.ts';
import { COLUMN_BYTES, QUAD, VECTOR } from './tile.ts';

export interface Kernels extends PassKernels, SoftmaxPanelKernels, SoftmaxTileKernels {
  /** See products.ts. Addresses are bytes; rows are counted in quads, an even number of them; columns are even, for `collect` whole quads. */
  multiply(points: number, rowQuads: number, vectors: number, columns: number, tile: number): void;
  collect(gradient: number, rowQuads: number, vectors: number, columns: number, tile: number): void;
  add(target: number, source: number, bytes: number): void;

  /** `accumulate` once more, with the finished anchors; only for losses that refine. There is nothing to refine in plain tiles. */
  refine?: TakeIn;

  /** Statistics to what `pull` knows of an anchor, and to its terms: four losses and four counts (u32) per quad. */
  finish(statistics: number, anchors: number, losses: number, counts: number, quads: number): void;

  /** Similarities to pulls, in place; four sums of the pulls, and four of pull x similarity. */
  pull: Pull;
  pullPlain: Pull;
}

type Pull = (
  anchors: number,
  rowLabels: number,
  firstRow: number,
  rowQuads: number,
  columnAnchors: number,
  columnLabels: number,
  firstColumn: number,
  columns: number,
  tile: number,
  sums: number,
) => void;

/**
 * @param shader shaders/losses: Parameters, Statistics, emptyStatistics, accumulate, combine, maybe refine, Anchor,
 * finish, terms, pull, maybe pushShift. Its parameters are read from the start of memory.
 * @throws WgslError for WGSL that is not in the subset of wgsl/syntax.ts.
 */
export function writePairKernels(shader: string, shape: KernelShape, relaxed: boolean): KernelModule {
  const program = parse(numerics + rowTerms + RELATION + shader);
  const builder = new ModuleBuilder(relaxed);
  const statistics = partsOf(program, 'Statistics');
  const anchor = partsOf(program, 'Anchor');
  const names = { statistics: 'Statistics', empty: 'emptyStatistics' };
  const scope: Scope = { program, shape, names, statistics, anchor };
  writePoints(builder, shape.dimension);
  writeProducts(builder, shape.dimension);
  writeClear(builder, scope);
  writeIsPlain(builder, shape);
  writeTakeIn(builder, scope, 'accumulate', false);
  writeTakeIn(builder, scope, 'accumulate', true);
  if (program.functions.has('refine')) writeTakeIn(builder, scope, 'refine', false);
  writeFinish(builder, scope);
  writePull(builder, scope, false);
  writePull(builder, scope, true);
  if (isSoftmax(program)) (shape.columnsAreAnchors ? writeSoftmaxTiles : writeSoftmaxPanels)(builder, scope);
  return { builder, parts: { statistics, anchor }, parameters: parameterNames(program) };
}

function writeFinish(module: ModuleBuilder, scope: Scope): void {
  module.function('finish', 5, (f, statistics, anchors, losses, counts, quads) => {
    const { loss } = open(f, scope);
    const anchor = f.moving(anchors);
    const lossOfQuad = f.moving(losses);
    const countOfQuad = f.moving(counts);
    f.forEachOf(statistics, quads, scope.statistics * VECTOR, (at) => {
      const seen = loadStruct(f, 'Statistics', scope.statistics, at);
      storeStruct(f, loss.call('finish', seen), anchor.at);
      const terms = loss.call('terms', seen);
      f.store(lossOfQuad.at, 0, terms.parts[0]);
      f.store(countOfQuad.at, 0, terms.parts[1]);
      anchor.move(scope.anchor * VECTOR);
      lossOfQuad.move(VECTOR);
      countOfQuad.move(VECTOR);
    });
  });
}

function writePull(module: ModuleBuilder, scope: Scope, isPlain: boolean): void {
  const { shape, anchor } = scope;
  const anchorBytes = anchor * VECTOR;
  module.function(
    isPlain ? 'pullPlain' : 'pull',
    10,
    (f, rowAnchors, rowLabels, firstRow, rowQuads, ...rest) => {
      const [columnAnchors, columnLabels, firstColumn, columns, tile, sums] = rest;
      const { loss, parameters } = open(f, scope);
      const plain = plainRelation(f);
      const total = { pull: f.zeros(), pullSimilarity: f.zeros() };
      const rowsBytes = f.letInteger('i32.mul', rowQuads, VECTOR);
      const columnPoints = counting(f, firstColumn, 1, SAME_LANES);
      const columnOfTile = f.moving(tile);
      f.forEachOf(columnLabels, columns, 4, (label) => {
        const column = { labels: f.loadSplat(label), points: columnPoints.points };
        let columnAnchor: Value | undefined;
        if (shape.columnsAreAnchors) {
          // Of column c, the anchor is number c % 4 of quad c / 4.
          const offset = f.letInteger('i32.sub', label, columnLabels);
          const quad = f.letInteger('i32.mul', f.letInteger('i32.shr_u', offset, 4), anchorBytes);
          const lane = f.letInteger('i32.and', offset, 12);
          const place = f.letInteger('i32.add', columnAnchors, f.letInteger('i32.add', quad, lane));
          columnAnchor = loadSpread(f, 'Anchor', anchor, place);
        }
        // Sums of one column, then of all: long sums stay exact.
        const ofColumn = { pull: f.zeros(), pullSimilarity: f.zeros() };
        const labels = f.moving(rowLabels);
        const rowPoints = counting(f, firstRow, QUAD, QUAD_LANES);
        const rowAnchor = f.moving(rowAnchors);
        f.forEach(columnOfTile.at, f.letInteger('i32.add', columnOfTile.at, rowsBytes), VECTOR, (pair) => {
          const row = () => ({ labels: f.load(labels.at), points: rowPoints.points });
          const relation = isPlain ? plain : relate(f, shape, row(), column);
          const similarity = { type: 'vec4f', parts: [f.load(pair)] };
          const own = loadStruct(f, 'Anchor', anchor, rowAnchor.at);
          let [pull] = loss.call('pull', own, parameters, similarity, relation).parts;
          if (columnAnchor) {
            const other = loss.call('pull', columnAnchor, parameters, similarity, relation);
            pull = f.let('f32x4.add', pull, other.parts[0]);
          }
          f.store(pair, 0, pull);
          f.assign(ofColumn.pull, 'f32x4.add', ofColumn.pull, pull);
          f.accumulateProduct(ofColumn.pullSimilarity, pull, similarity.parts[0]);
          labels.move(VECTOR);
          rowPoints.next();
          rowAnchor.move(anchorBytes);
        });
        f.assign(total.pull, 'f32x4.add', total.pull, ofColumn.pull);
        f.assign(total.pullSimilarity, 'f32x4.add', total.pullSimilarity, ofColumn.pullSimilarity);
        columnPoints.next();
        columnOfTile.move(COLUMN_BYTES);
      });
      f.store(sums, 0, total.pull);
      f.store(sums, VECTOR, total.pullSimilarity);
    },
  );
}
