/**
 * Tiles of negatives of a softmax loss whose rows alone are anchors: a tile's similarities become exponentials,
 * exp(logit - c) with one c for the whole tile, and these the pulls, by one factor for each row.
 */
import { exp } from '../wasm/arithmetic.ts';
import type { ModuleBuilder } from '../wasm/assembler.ts';
import { loadStruct, open } from './scope.ts';
import type { Scope } from './scope.ts';
import { areClose, greatestOf, takeIn } from './softmax.ts';
import { COLUMN_BYTES, TILE, VECTOR } from './tile.ts';

export interface SoftmaxPanelKernels {
  /**
   * Rows take in a tile of negatives, and its similarities become exponentials. 1 when it is done; 0 where the rows are too
   * far apart for that, and the tile is of no more use.
   * @param notes what pushRows is to know: NOTES_BYTES.
   */
  exponentiate?(statistics: number, rowQuads: number, columns: number, tile: number, notes: number): number;

  /** Exponentials to pulls; the sums as by `pull`. */
  pushRows?(
    anchors: number,
    rowQuads: number,
    columns: number,
    tile: number,
    notes: number,
    sums: number,
  ): void;
}

/** Among the notes, behind a tile's c: each row's sum of the exponentials, and of exponential x similarity. */
const SUMS = VECTOR;
const WEIGHTED_SUMS = SUMS + 4 * TILE;

export function writeSoftmaxPanels(module: ModuleBuilder, scope: Scope): void {
  writeExponentiate(module, scope);
  writePushRows(module, scope);
}

function writeExponentiate(module: ModuleBuilder, scope: Scope): void {
  module.function('exponentiate', 5, (f, statistics, rowQuads, columns, tile, notes) => {
    const { loss, parameters } = open(f, scope);
    const [logitScale] = loss.member(parameters, 'logitScale').parts;
    const rowsBytes = f.letInteger('i32.mul', rowQuads, VECTOR);
    const maximum = f.let('f32x4.mul', logitScale, greatestOf(f, tile, rowsBytes, columns));
    const down = f.let('f32x4.neg', maximum);
    f.store(notes, 0, maximum);
    const least = f.vector();
    f.copy(least, 1);
    const note = f.moving(notes);
    f.forEach(tile, f.letInteger('i32.add', tile, rowsBytes), 2 * VECTOR, (rows) => {
      const sums = [0, 1].map(() => ({ own: f.zeros(), weighted: f.zeros() }));
      f.forEachOf(rows, columns, COLUMN_BYTES, (pair) =>
        sums.forEach(({ own, weighted }, quad) => {
          const similarity = f.load(pair, quad * VECTOR);
          const exponential = exp(f, f.multiplyAdd(similarity, logitScale, down));
          f.store(pair, quad * VECTOR, exponential);
          f.assign(own, 'f32x4.add', own, exponential);
          f.accumulateProduct(weighted, exponential, similarity);
        }),
      );
      sums.forEach(({ own, weighted }, quad) => {
        f.store(note.at, SUMS + quad * VECTOR, own);
        f.store(note.at, WEIGHTED_SUMS + quad * VECTOR, weighted);
        f.assign(least, 'f32x4.pmin', least, own);
      });
      note.move(2 * VECTOR);
    });
    const isDone = areClose(f, least, maximum);
    f.if(isDone, () => {
      const sums = f.letInteger('i32.add', notes, SUMS);
      takeIn(f, scope, loss, statistics, rowQuads, maximum, sums);
    });
    return isDone;
  });
}

function writePushRows(module: ModuleBuilder, scope: Scope): void {
  module.function('pushRows', 6, (f, anchors, rowQuads, columns, tile, notes, sums) => {
    const { loss, parameters } = open(f, scope);
    const [logitScale] = loss.member(parameters, 'logitScale').parts;
    const maximum = f.load(notes);
    const total = { pull: f.zeros(), pullSimilarity: f.zeros() };
    const note = f.moving(notes);
    const rows = f.moving(tile);
    f.forEachOf(anchors, rowQuads, scope.anchor * VECTOR, (at) => {
      const [shift] = loss.call('pushShift', loadStruct(f, 'Anchor', scope.anchor, at)).parts;
      const factor = f.let('f32x4.mul', logitScale, exp(f, f.let('f32x4.sub', maximum, shift)));
      f.accumulateProduct(total.pull, factor, f.load(note.at, SUMS));
      f.accumulateProduct(total.pullSimilarity, factor, f.load(note.at, WEIGHTED_SUMS));
      f.forEachOf(rows.at, columns, COLUMN_BYTES, (pair) =>
        f.store(pair, 0, f.let('f32x4.mul', factor, f.load(pair))),
      );
      note.move(VECTOR);
      rows.move(VECTOR);
    });
    f.store(sums, 0, total.pull);
    f.store(sums, VECTOR, total.pullSimilarity);
  });
}
