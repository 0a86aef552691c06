/**
 * Tiles of negatives of a softmax loss whose rows and columns are anchors: one exponential serves both ends of a pair,
 * exp(logit - c), with one c for the whole tile in place of one for each anchor. Where anchors are too far apart for that
 * nothing is done, and the tile goes the way of all losses, see kernels.ts.
 */
import { exp } from '../wasm/arithmetic.ts';
import type { Local, ModuleBuilder } from '../wasm/assembler.ts';
import { loadStruct, open } from './scope.ts';
import type { Scope } from './scope.ts';
import { areClose, FARTHEST, greatestOf, isCoarse, takeIn } from './softmax.ts';
import { COLUMN_BYTES, QUAD, TILE, VECTOR } from './tile.ts';
import { transposed4 } from './transposed.ts';

/** Both give 1 when they have done it. `columns` is a multiple of QUAD, `scratch` a tile's memory. */
export interface SoftmaxTileKernels {
  /** Rows and columns take in a tile of negatives. */
  includeTile?(
    rowStatistics: number,
    rowQuads: number,
    columnStatistics: number,
    columns: number,
    tile: number,
    scratch: number,
  ): number;

  /** A tile of negatives from similarities to pulls, as by `pull`. */
  pushTile?(
    rowAnchors: number,
    rowQuads: number,
    columnAnchors: number,
    columns: number,
    tile: number,
    sums: number,
    scratch: number,
  ): number;
}

/** Greater shifts say that nobody is pushed. */
const GREATEST_SHIFT = 1e38;

export function writeSoftmaxTiles(module: ModuleBuilder, scope: Scope): void {
  writeIncludeTile(module, scope);
  writePushTile(module, scope);
}

function writeIncludeTile(module: ModuleBuilder, scope: Scope): void {
  module.function(
    'includeTile',
    6,
    (f, rowStatistics, rowQuads, columnStatistics, columns, tile, scratch) => {
      const { loss, parameters } = open(f, scope);
      const [logitScale] = loss.member(parameters, 'logitScale').parts;
      const rowsBytes = f.letInteger('i32.mul', rowQuads, VECTOR);
      const maximum = f.let('f32x4.mul', logitScale, greatestOf(f, tile, rowsBytes, columns));
      const down = f.let('f32x4.neg', maximum);

      const rowSums = scratch;
      const columnSums = f.letInteger('i32.add', scratch, TILE * QUAD);
      f.forEachOf(columnSums, columns, VECTOR, (at) => f.store(at, 0, 0));
      const least = f.vector();
      f.copy(least, 1);
      const rowSum = f.moving(rowSums);
      f.forEach(tile, f.letInteger('i32.add', tile, rowsBytes), 2 * VECTOR, (rows) => {
        const sums = [f.zeros(), f.zeros()];
        const columnSum = f.moving(columnSums);
        f.forEachOf(rows, columns, COLUMN_BYTES, (pair) => {
          const [one, other] = sums.map((sum, quad) => {
            const exponential = exp(f, f.multiplyAdd(f.load(pair, quad * VECTOR), logitScale, down));
            f.assign(sum, 'f32x4.add', sum, exponential);
            return exponential;
          });
          const both = f.let('f32x4.add', one, other);
          f.store(columnSum.at, 0, f.let('f32x4.add', f.load(columnSum.at), both));
          columnSum.move(VECTOR);
        });
        sums.forEach((sum, quad) => {
          f.store(rowSum.at, quad * VECTOR, sum);
          f.assign(least, 'f32x4.pmin', least, sum);
        });
        rowSum.move(2 * VECTOR);
      });
      const columnQuads = f.letInteger('i32.shr_u', columns, 2);
      // Of four columns, four sums each: in their place one vector with a sum for each column.
      const sum = f.moving(columnSums);
      f.forEachOf(columnSums, columnQuads, QUAD * VECTOR, (at) => {
        const [a, b, c, d] = transposed4(
          f,
          [0, 1, 2, 3].map((column) => f.load(at, column * VECTOR)),
        );
        const total = f.let('f32x4.add', f.let('f32x4.add', a, b), f.let('f32x4.add', c, d));
        f.store(sum.at, 0, total);
        f.assign(least, 'f32x4.pmin', least, total);
        sum.move(VECTOR);
      });

      const isDone = areClose(f, least, maximum);
      f.if(isDone, () => {
        takeIn(f, scope, loss, rowStatistics, rowQuads, maximum, rowSums);
        takeIn(f, scope, loss, columnStatistics, columnQuads, maximum, columnSums);
      });
      return isDone;
    },
  );
}

function writePushTile(module: ModuleBuilder, scope: Scope): void {
  const bytes = scope.anchor * VECTOR;
  module.function('pushTile', 7, (f, rowAnchors, rowQuads, columnAnchors, columns, tile, sums, scratch) => {
    const { loss, parameters } = open(f, scope);
    const [logitScale] = loss.member(parameters, 'logitScale').parts;
    const columnQuads = f.letInteger('i32.shr_u', columns, 2);
    const rowPushes = scratch;
    const columnPushes = f.letInteger('i32.add', scratch, TILE * QUAD);
    const least = f.vector();
    const greatest = f.vector();
    f.copy(least, Infinity);
    f.copy(greatest, -Infinity);
    const noteShifts = (anchors: Local, quads: Local, shifts: Local) => {
      const target = f.moving(shifts);
      f.forEachOf(anchors, quads, bytes, (at) => {
        const [shift] = loss.call('pushShift', loadStruct(f, 'Anchor', scope.anchor, at)).parts;
        f.store(target.at, 0, shift);
        f.assign(least, 'f32x4.pmin', least, shift);
        const isPushed = f.let('f32x4.lt', shift, GREATEST_SHIFT);
        f.copy(greatest, f.select(f.let('f32x4.pmax', greatest, shift), greatest, isPushed));
        target.move(VECTOR);
      });
    };
    noteShifts(rowAnchors, rowQuads, rowPushes);
    noteShifts(columnAnchors, columnQuads, columnPushes);
    const shift = f.ofAll('f32x4.pmin', least);
    const distance = f.let('f32x4.sub', f.ofAll('f32x4.pmax', greatest), shift);
    const isTooFar = f.let('v128.or', f.let('f32x4.gt', distance, FARTHEST), isCoarse(f, shift));
    const isDone = f.letInteger('i32.eqz', f.letInteger('v128.any_true', isTooFar));

    f.if(isDone, () => {
      // What an anchor makes of the tile's exponentials, in place of its shift.
      const toPushes = (shifts: Local, quads: Local) =>
        f.forEachOf(shifts, quads, VECTOR, (at) =>
          f.store(at, 0, f.let('f32x4.mul', logitScale, exp(f, f.let('f32x4.sub', shift, f.load(at))))),
        );
      toPushes(rowPushes, rowQuads);
      toPushes(columnPushes, columnQuads);
      const down = f.let('f32x4.neg', shift);
      const total = { pull: f.zeros(), pullSimilarity: f.zeros() };
      const columnPush = f.moving(columnPushes);
      f.forEachOf(tile, columns, COLUMN_BYTES, (column) => {
        const push = f.loadSplat(columnPush.at);
        // Sums of one column, then of all: long sums stay exact.
        const ofColumn = { pull: f.zeros(), pullSimilarity: f.zeros() };
        const pair = f.moving(column);
        f.forEachOf(rowPushes, rowQuads, VECTOR, (rowPush) => {
          const similarity = f.load(pair.at);
          const exponential = exp(f, f.multiplyAdd(similarity, logitScale, down));
          const pull = f.let('f32x4.mul', exponential, f.let('f32x4.add', push, f.load(rowPush)));
          f.store(pair.at, 0, pull);
          f.assign(ofColumn.pull, 'f32x4.add', ofColumn.pull, pull);
          f.accumulateProduct(ofColumn.pullSimilarity, pull, similarity);
          pair.move(VECTOR);
        });
        f.assign(total.pull, 'f32x4.add', total.pull, ofColumn.pull);
        f.assign(total.pullSimilarity, 'f32x4.add', total.pullSimilarity, ofColumn.pullSimilarity);
        columnPush.move(4);
      });
      f.store(sums, 0, total.pull);
      f.store(sums, VECTOR, total.pullSimilarity);
    });
    return isDone;
  });
}
