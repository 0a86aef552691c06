/**
 * The kernels of the pair skeleton for one loss and one dimension: multiply-adds from products.ts, and the loss's pair
 * functions, which are the WGSL of the GPU's kernels, written out for four anchors at a time.
 */
import numerics from '../../../../shaders/numerics.wgsl?raw';
import rowTerms from '../../../../shaders/terms.wgsl?raw';
import type { FunctionBuilder, Local } from '../wasm/assembler.ts';
import { ModuleBuilder } from '../wasm/assembler.ts';
import { parse } from '../wgsl/parse.ts';
import { partsOf } from '../wgsl/syntax.ts';
import { booleanOf } from '../wgsl/value.ts';
import type { Value } from '../wgsl/value.ts';
import { writePoints } from './points.ts';
import type { PointKernels } from './points.ts';
import { writeProducts } from './products.ts';
import { loadSpread, loadStruct, open, storeStruct } from './scope.ts';
import type { KernelShape, Scope } from './scope.ts';
import { isSoftmax } from './softmax.ts';
import { writeSoftmaxPanels } from './softmax-panels.ts';
import type { SoftmaxPanelKernels } from './softmax-panels.ts';
import { writeSoftmaxTiles } from './softmax-tiles.ts';
import type { SoftmaxTileKernels } from './softmax-tiles.ts';
import { COLUMN_BYTES, QUAD, VECTOR } from './tile.ts';

/** What two points are to each other, as the pair functions see it. */
const RELATION = 'struct Relation { positive: vec4<bool>, negative: vec4<bool> }';

/** Labels of points are 0 and above. Padding is no candidate; extra negatives match nobody. */
export const PADDING = -1;
export const NOBODY = -2;

export interface Kernels extends PointKernels, SoftmaxPanelKernels, SoftmaxTileKernels {
  /** See products.ts. Addresses are bytes; rows are counted in quads, an even number of them; columns are even, for `collect` whole quads. */
  multiply(points: number, rowQuads: number, vectors: number, columns: number, tile: number): void;
  collect(gradient: number, rowQuads: number, vectors: number, columns: number, tile: number): void;
  transpose(tile: number, rowQuads: number, columnQuads: number, transposed: number): void;
  add(target: number, source: number, bytes: number): void;

  /** Makes the statistics of these quads of anchors empty. */
  clear(statistics: number, quads: number): void;

  /** 1 where all pairs of a tile are negatives, as most are. */
  isPlain(rowLabels: number, rowQuads: number, columnLabels: number, columns: number): number;

  /** Rows as anchors take in `columns` candidates. `first...`: index of the first point, to tell it from itself. */
  accumulate: TakeIn;
  accumulatePlain: TakeIn;

  /** The same once more, with the finished anchors; only for losses that refine. There is nothing to refine in plain tiles. */
  refine?: TakeIn;

  /** Statistics to what `pull` knows of an anchor, and to its terms: four losses and four counts (u32) per quad. */
  finish(statistics: number, anchors: number, losses: number, counts: number, quads: number): void;

  /** Similarities to pulls, in place; four sums of the pulls, and four of pull x similarity. */
  pull: Pull;
  pullPlain: Pull;
}

type TakeIn = (
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

/** A loss's kernels, and how much memory its statistics and anchors take. */
export interface PairModule {
  builder: ModuleBuilder;
  /** Vectors per quad of anchors. */
  parts: { statistics: number; anchor: number };
  /** The fields of struct Parameters, which lie at the start of memory in this order, one f32 each. */
  parameters: readonly string[];
}

/**
 * @param shader shaders/losses: Parameters, Statistics, emptyStatistics, accumulate, combine, maybe refine, Anchor,
 * finish, terms, pull, maybe pushShift. Its parameters are read from the start of memory.
 * @throws WgslError for WGSL that is not in the subset of wgsl/syntax.ts.
 */
export function writePairKernels(shader: string, shape: KernelShape, relaxed: boolean): PairModule {
  const program = parse(numerics + rowTerms + RELATION + shader);
  const builder = new ModuleBuilder(relaxed);
  const statistics = partsOf(program, 'Statistics');
  const anchor = partsOf(program, 'Anchor');
  const scope: Scope = { program, shape, statistics, anchor };
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
  const parameters = (program.structs.get('Parameters') ?? []).map(({ name }) => name);
  return { builder, parts: { statistics, anchor }, parameters };
}

function writeClear(module: ModuleBuilder, scope: Scope): void {
  module.function('clear', 2, (f, statistics, quads) => {
    const { loss } = open(f, scope);
    const empty = loss.call('emptyStatistics');
    f.forEachOf(statistics, quads, scope.statistics * VECTOR, (at) => storeStruct(f, empty, at));
  });
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

function writeIsPlain(module: ModuleBuilder, shape: KernelShape): void {
  module.function('isPlain', 4, (f, rowLabels, rowQuads, columnLabels, columns) => {
    const others = f.zeros();
    const note = (mask: Local) => f.assign(others, 'v128.or', others, mask);
    f.forEachOf(rowLabels, rowQuads, VECTOR, (at) => {
      const rows = f.load(at);
      note(f.let('i32x4.eq', rows, f.constant(PADDING >>> 0, 'u32')));
      f.forEachOf(columnLabels, columns, 4, (label) => {
        const column = f.loadSplat(label);
        note(f.let('i32x4.eq', rows, column));
        if (shape.isExclusive) note(f.let('i32x4.ne', column, f.constant(NOBODY >>> 0, 'u32')));
      });
    });
    return f.letInteger('i32.eqz', f.letInteger('v128.any_true', others));
  });
}

/** What the points of a loop are to each other, from labels and, in one set, from indices. */
function relate(
  f: FunctionBuilder,
  shape: KernelShape,
  row: { labels: Local; points: Local },
  column: { labels: Local; points: Local },
): Value {
  const matching = f.let('i32x4.eq', row.labels, column.labels);
  const inside = f.let('i32x4.gt_s', row.labels, f.constant(PADDING >>> 0, 'u32'));
  let negative = f.let('v128.andnot', inside, matching);
  if (shape.isExclusive) {
    const isNobody = f.let('i32x4.eq', column.labels, f.constant(NOBODY >>> 0, 'u32'));
    negative = f.let('v128.and', negative, isNobody);
  }
  let positive = matching;
  if (shape.isOneSet) positive = f.let('v128.and', matching, f.let('i32x4.ne', row.points, column.points));
  return { type: 'Relation', parts: [positive, negative] };
}

/** Indices that are counted along with a loop, as vectors. */
function counting(
  f: FunctionBuilder,
  first: Local,
  step: number,
  lanes: number[],
): { points: Local; next(): void } {
  const points = f.let('i32x4.add', f.let('i32x4.splat', first), f.constant(lanes, 'u32'));
  return { points, next: () => f.assign(points, 'i32x4.add', points, f.constant(step, 'u32')) };
}

const QUAD_LANES = [0, 1, 2, 3];
const SAME_LANES = [0, 0, 0, 0];

function writeTakeIn(
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
        const seen = loss.variable('Statistics', loss.call('emptyStatistics'));
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
        const before = loadStruct(f, 'Statistics', scope.statistics, at);
        storeStruct(f, loss.call('combine', before, seen), at);
        labels.move(VECTOR);
        rowPoints.next();
        rowsOfTile.move(VECTOR);
        anchorOfRows.move(scope.anchor * VECTOR);
      });
    },
  );
}

/** All pairs are negatives. */
function plainRelation(f: FunctionBuilder): Value {
  const [never, always] = [false, true].map((value) => booleanOf(f, 'vec4<bool>', value).parts);
  return { type: 'Relation', parts: [...never, ...always] };
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
