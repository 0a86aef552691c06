/**
 * The multiply-adds of the skeleton, for one dimension. Rows are met four at a time, and lie in quads for it: component
 * k of points 4q .. 4q + 3 is the vector q x dimension + k. Columns are met one by one, and lie as they were passed in:
 * `vectors`, row-major. Twelve sums are in the making at a time, because two multiply-adds may begin in each cycle and
 * each takes four, and because twelve sums and their three operands fill the registers there are.
 */
import type { FunctionBuilder, Local, ModuleBuilder, Operand } from '../wasm/assembler.ts';
import { COLUMN_BYTES, QUAD, VECTOR } from './tile.ts';
import { transposed4 } from './transposed.ts';

/** Columns, or components, that meet two quads of rows at a time; and columns when fewer are left, which are even. */
const WIDTH = 6;
const REST = 2;

/** Components, or columns, that one turn of the innermost loops takes: counting on would cost as much as the loads do. */
const UNROLLED = 4;

/** How the kernels are called: addresses are bytes, rows are counted in quads, an even number of them. */
export type Compare = (
  points: number,
  rowQuads: number,
  vectors: number,
  columns: number,
  tile: number,
) => void;
export type CollectDifferences = (
  gradient: number,
  points: number,
  rowQuads: number,
  vectors: number,
  columns: number,
  tile: number,
) => void;

type Combine = (f: FunctionBuilder, sum: Local, row: Local, column: Local) => void;

export function writeProducts(module: ModuleBuilder, dimension: number): void {
  writeMultiply(module, 'multiply', dimension);
  writeCollect(module, dimension);
  writeTranspose(module);
  writeAdd(module);
}

/** Similarities by dot products: tile[column][row] = sum over k of points[row][k] x vectors[column][k]. */
export function writeMultiply(module: ModuleBuilder, name: string, dimension: number): void {
  writeCompare(module, name, dimension, (f, sum, row, column) => f.accumulateProduct(sum, row, column));
}

/** Squared distances from differences: |a|^2 + |b|^2 - 2 a.b would lose those of close points. */
export function writeDistances(module: ModuleBuilder, name: string, dimension: number): void {
  writeCompare(module, name, dimension, (f, sum, row, column) => {
    const difference = f.let('f32x4.sub', row, column);
    f.accumulateProduct(sum, difference, difference);
  });
}

/**
 * tile[column][row] = sum over k of what points[row][k] and vectors[column][k] are combined to.
 * Two quads of rows meet six columns at a time: per component two loads, six broadcasts, twelve multiply-adds.
 */
function writeCompare(module: ModuleBuilder, name: string, dimension: number, combine: Combine): void {
  const quadBytes = VECTOR * dimension;
  const vectorBytes = 4 * dimension;
  module.function(name, 5, (f, points, rowQuads, vectors, columns, tile) => {
    const pointsEnd = f.after(points, rowQuads, quadBytes);
    const vectorsEnd = f.after(vectors, columns, vectorBytes);
    const rest = f.letInteger('i32.mul', f.letInteger('i32.rem_u', columns, WIDTH), vectorBytes);
    const wholeEnd = f.letInteger('i32.sub', vectorsEnd, rest);
    const target = f.integer();
    const targetOfRows = f.integer();
    f.copy(targetOfRows, tile);
    f.forEach(points, pointsEnd, 2 * quadBytes, (row) => {
      f.copy(target, targetOfRows);
      const meet = (from: Operand, to: Operand, width: number) =>
        f.forEach(from, to, width * vectorBytes, (column) => {
          multiplyGroup(f, row, column, width, dimension, combine).forEach((pair, index) =>
            pair.forEach((sum, quad) => f.store(target, index * COLUMN_BYTES + quad * VECTOR, sum)),
          );
          f.assign(target, 'i32.add', target, width * COLUMN_BYTES);
        });
      meet(vectors, wholeEnd, WIDTH);
      meet(wholeEnd, vectorsEnd, REST);
      f.assign(targetOfRows, 'i32.add', targetOfRows, 2 * VECTOR);
    });
  });
}

/** The sums over all components, for two quads of rows and `width` columns. */
function multiplyGroup(
  f: FunctionBuilder,
  row: Local,
  column: Local,
  width: number,
  dimension: number,
  combine: Combine,
): [Local, Local][] {
  const sums = Array.from({ length: width }, (): [Local, Local] => [f.zeros(), f.zeros()]);
  const step = (rowAt: Local, columnAt: Local, k: number) => {
    const first = f.load(rowAt, k * VECTOR);
    const second = f.load(rowAt, k * VECTOR + VECTOR * dimension);
    sums.forEach(([one, other], index) => {
      const component = f.loadSplat(columnAt, 4 * (k + index * dimension));
      combine(f, one, first, component);
      combine(f, other, second, component);
    });
  };
  const whole = dimension <= UNROLLED ? 0 : dimension - (dimension % UNROLLED);
  if (whole > 0) {
    const columnAt = f.integer();
    f.copy(columnAt, column);
    f.forEach(row, f.letInteger('i32.add', row, whole * VECTOR), UNROLLED * VECTOR, (rowAt) => {
      for (let k = 0; k < UNROLLED; k++) step(rowAt, columnAt, k);
      f.assign(columnAt, 'i32.add', columnAt, 4 * UNROLLED);
    });
  }
  for (let k = whole; k < dimension; k++) step(row, column, k);
  return sums;
}

/**
 * gradient[row][k] += sum over columns of tile[column][row] x vectors[column][k].
 * Two quads of rows collect up to six components at a time, in sums of their own: long sums of small parts stay exact.
 * The columns come in quads.
 */
export function writeCollect(module: ModuleBuilder, dimension: number): void {
  const quadBytes = VECTOR * dimension;
  module.function('collect', 5, (f, gradient, rowQuads, vectors, columns, tile) => {
    const gradientEnd = f.after(gradient, rowQuads, quadBytes);
    const tileOfRows = f.integer();
    f.copy(tileOfRows, tile);
    f.forEach(gradient, gradientEnd, 2 * quadBytes, (row) => {
      const tileEnd = f.after(tileOfRows, columns, COLUMN_BYTES);
      const target = f.integer();
      const components = f.integer();
      f.copy(target, row);
      f.copy(components, vectors);
      for (const { width, count } of evenGroups(dimension, WIDTH)) {
        f.forEach(0, count, 1, () => {
          const sums = Array.from({ length: width }, (): [Local, Local] => [f.zeros(), f.zeros()]);
          const column = f.integer();
          f.copy(column, components);
          f.forEach(tileOfRows, tileEnd, UNROLLED * COLUMN_BYTES, (pulls) => {
            for (let turn = 0; turn < UNROLLED; turn++) {
              const first = f.load(pulls, turn * COLUMN_BYTES);
              const second = f.load(pulls, turn * COLUMN_BYTES + VECTOR);
              sums.forEach(([one, other], index) => {
                const component = f.loadSplat(column, 4 * (index + turn * dimension));
                f.accumulateProduct(one, first, component);
                f.accumulateProduct(other, second, component);
              });
            }
            f.assign(column, 'i32.add', column, 4 * UNROLLED * dimension);
          });
          sums.forEach((pair, index) =>
            pair.forEach((sum, quad) => {
              const offset = index * VECTOR + quad * quadBytes;
              f.store(target, offset, f.let('f32x4.add', f.load(target, offset), sum));
            }),
          );
          f.assign(target, 'i32.add', target, width * VECTOR);
          f.assign(components, 'i32.add', components, 4 * width);
        });
      }
      f.assign(tileOfRows, 'i32.add', tileOfRows, 2 * VECTOR);
    });
  });
}

/**
 * gradient[row][k] += sum over columns of tile[column][row] x (points[row][k] - vectors[column][k]): differences are taken
 * before they are weighed, so that close points do not cancel. As `collect`, but half as wide: the rows' own components
 * take registers, too.
 */
export function writeCollectDifferences(module: ModuleBuilder, dimension: number): void {
  const quadBytes = VECTOR * dimension;
  module.function('collectDifferences', 6, (f, gradient, points, rowQuads, vectors, columns, tile) => {
    const gradientEnd = f.after(gradient, rowQuads, quadBytes);
    const tileOfRows = f.moving(tile);
    const pointsOfRows = f.moving(points);
    f.forEach(gradient, gradientEnd, 2 * quadBytes, (row) => {
      const tileEnd = f.after(tileOfRows.at, columns, COLUMN_BYTES);
      const target = f.moving(row);
      const own = f.moving(pointsOfRows.at);
      const components = f.moving(vectors);
      for (const { width, count } of evenGroups(dimension, WIDTH / 2)) {
        f.forEach(0, count, 1, () => {
          const sums = Array.from({ length: width }, (): [Local, Local] => [f.zeros(), f.zeros()]);
          const rows = sums.map((_, index) => [
            f.load(own.at, index * VECTOR),
            f.load(own.at, index * VECTOR + quadBytes),
          ]);
          const column = f.moving(components.at);
          f.forEach(tileOfRows.at, tileEnd, UNROLLED * COLUMN_BYTES, (pulls) => {
            for (let turn = 0; turn < UNROLLED; turn++) {
              const pull = [0, 1].map((quad) => f.load(pulls, turn * COLUMN_BYTES + quad * VECTOR));
              sums.forEach((pair, index) => {
                const component = f.loadSplat(column.at, 4 * (index + turn * dimension));
                pair.forEach((sum, quad) => {
                  const difference = f.let('f32x4.sub', rows[index][quad], component);
                  f.accumulateProduct(sum, pull[quad], difference);
                });
              });
            }
            column.move(4 * UNROLLED * dimension);
          });
          sums.forEach((pair, index) =>
            pair.forEach((sum, quad) => {
              const offset = index * VECTOR + quad * quadBytes;
              f.store(target.at, offset, f.let('f32x4.add', f.load(target.at, offset), sum));
            }),
          );
          target.move(width * VECTOR);
          own.move(width * VECTOR);
          components.move(4 * width);
        });
      }
      tileOfRows.move(2 * VECTOR);
      pointsOfRows.move(2 * quadBytes);
    });
  });
}

/** The components in groups of at most `widest` and of nearly equal size, so that no small group is left over. */
function evenGroups(dimension: number, widest: number): { width: number; count: number }[] {
  const groups = Math.ceil(dimension / widest);
  const width = Math.ceil(dimension / groups);
  const narrow = groups * width - dimension;
  return [
    { width, count: groups - narrow },
    { width: width - 1, count: narrow },
  ].filter(({ count }) => count > 0);
}

/** transposed[row][column] = tile[column][row]. */
export function writeTranspose(module: ModuleBuilder): void {
  module.function('transpose', 4, (f, tile, rowQuads, columnQuads, transposed) => {
    const tileEnd = f.after(tile, columnQuads, QUAD * COLUMN_BYTES);
    const rowsBytes = f.letInteger('i32.mul', rowQuads, VECTOR);
    const target = f.integer();
    const targetOfColumns = f.integer();
    f.copy(targetOfColumns, transposed);
    f.forEach(tile, tileEnd, QUAD * COLUMN_BYTES, (columns) => {
      f.copy(target, targetOfColumns);
      f.forEach(columns, f.letInteger('i32.add', columns, rowsBytes), VECTOR, (at) => {
        const block = [0, 1, 2, 3].map((column) => f.load(at, column * COLUMN_BYTES));
        transposed4(f, block).forEach((row, index) => f.store(target, index * COLUMN_BYTES, row));
        f.assign(target, 'i32.add', target, QUAD * COLUMN_BYTES);
      });
      f.assign(targetOfColumns, 'i32.add', targetOfColumns, VECTOR);
    });
  });
}

/** target += source, so many bytes of vectors. */
function writeAdd(module: ModuleBuilder): void {
  module.function('add', 3, (f, target, source, bytes) => {
    const from = f.integer();
    f.copy(from, source);
    f.forEach(target, f.letInteger('i32.add', target, bytes), VECTOR, (at) => {
      f.store(at, 0, f.let('f32x4.add', f.load(at), f.load(from)));
      f.assign(from, 'i32.add', from, VECTOR);
    });
  });
}
