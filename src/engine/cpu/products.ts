import type { Towers } from '../towers.ts';
import type { Tile } from './tile.ts';
import { TILE } from './tile.ts';

/** The dot products of the tile's rows and columns. */
export function multiply(tile: Tile, towers: Towers): void {
  switch (towers.dimension) {
    case 2:
      return multiplyInTwo(tile, towers);
    case 3:
      return multiplyInThree(tile, towers);
    default:
      return multiplyInMany(tile, towers);
  }
}

function multiplyInTwo({ firstRow, firstColumn, rows, columns, similarity }: Tile, towers: Towers): void {
  const left = towers.rows.vectors;
  const right = towers.columns.vectors;
  for (let row = 0; row < rows; row++) {
    const x = left[2 * (firstRow + row)];
    const y = left[2 * (firstRow + row) + 1];
    for (let column = 0, at = 2 * firstColumn; column < columns; column++, at += 2) {
      similarity[row * TILE + column] = x * right[at] + y * right[at + 1];
    }
  }
}

function multiplyInThree({ firstRow, firstColumn, rows, columns, similarity }: Tile, towers: Towers): void {
  const left = towers.rows.vectors;
  const right = towers.columns.vectors;
  for (let row = 0; row < rows; row++) {
    const x = left[3 * (firstRow + row)];
    const y = left[3 * (firstRow + row) + 1];
    const z = left[3 * (firstRow + row) + 2];
    for (let column = 0, at = 3 * firstColumn; column < columns; column++, at += 3) {
      similarity[row * TILE + column] = x * right[at] + y * right[at + 1] + z * right[at + 2];
    }
  }
}

/** Four columns at a time, so that a component of the row is loaded once for four products. */
function multiplyInMany({ firstRow, firstColumn, rows, columns, similarity }: Tile, towers: Towers): void {
  const { dimension } = towers;
  const left = towers.rows.vectors;
  const right = towers.columns.vectors;
  for (let row = 0; row < rows; row++) {
    const rowAt = (firstRow + row) * dimension;
    let column = 0;
    for (; column + 4 <= columns; column += 4) {
      const at0 = (firstColumn + column) * dimension;
      const at1 = at0 + dimension;
      const at2 = at1 + dimension;
      const at3 = at2 + dimension;
      let sum0 = 0;
      let sum1 = 0;
      let sum2 = 0;
      let sum3 = 0;
      for (let index = 0; index < dimension; index++) {
        const component = left[rowAt + index];
        sum0 += component * right[at0 + index];
        sum1 += component * right[at1 + index];
        sum2 += component * right[at2 + index];
        sum3 += component * right[at3 + index];
      }
      similarity[row * TILE + column] = sum0;
      similarity[row * TILE + column + 1] = sum1;
      similarity[row * TILE + column + 2] = sum2;
      similarity[row * TILE + column + 3] = sum3;
    }
    for (; column < columns; column++) {
      const at = (firstColumn + column) * dimension;
      let sum = 0;
      for (let index = 0; index < dimension; index++) sum += left[rowAt + index] * right[at + index];
      similarity[row * TILE + column] = sum;
    }
  }
}

/** One side of a tile: where its vectors begin, how many they are, and their step through the pulls. */
interface Side {
  first: number;
  count: number;
  stride: number;
}

/** Adds to the gradient of the tile's rows: pulls x columns. */
export function pullRows(tile: Tile, { rows, columns, dimension }: Towers): void {
  pullSide(rows.gradient, rowSide(tile), columns.vectors, columnSide(tile), dimension, tile.pull);
}

/** Adds to the gradient of the tile's columns: pulls transposed x rows. */
export function pullColumns(tile: Tile, { rows, columns, dimension }: Towers): void {
  pullSide(columns.gradient, columnSide(tile), rows.vectors, rowSide(tile), dimension, tile.pull);
}

function rowSide(tile: Tile): Side {
  return { first: tile.firstRow, count: tile.rows, stride: TILE };
}

function columnSide(tile: Tile): Side {
  return { first: tile.firstColumn, count: tile.columns, stride: 1 };
}

function pullSide(
  gradient: Float64Array,
  pulled: Side,
  vectors: Float64Array,
  pulling: Side,
  dimension: number,
  pull: Float64Array,
): void {
  switch (dimension) {
    case 2:
      return pullInTwo(gradient, pulled, vectors, pulling, pull);
    case 3:
      return pullInThree(gradient, pulled, vectors, pulling, pull);
    default:
      return pullInMany(gradient, pulled, vectors, pulling, dimension, pull);
  }
}

function pullInTwo(
  gradient: Float64Array,
  pulled: Side,
  vectors: Float64Array,
  pulling: Side,
  pull: Float64Array,
): void {
  for (let point = 0; point < pulled.count; point++) {
    let x = 0;
    let y = 0;
    let entry = point * pulled.stride;
    const end = 2 * (pulling.first + pulling.count);
    for (let at = 2 * pulling.first; at < end; at += 2, entry += pulling.stride) {
      const strength = pull[entry];
      x += strength * vectors[at];
      y += strength * vectors[at + 1];
    }
    const at = 2 * (pulled.first + point);
    gradient[at] += x;
    gradient[at + 1] += y;
  }
}

function pullInThree(
  gradient: Float64Array,
  pulled: Side,
  vectors: Float64Array,
  pulling: Side,
  pull: Float64Array,
): void {
  for (let point = 0; point < pulled.count; point++) {
    let x = 0;
    let y = 0;
    let z = 0;
    let entry = point * pulled.stride;
    const end = 3 * (pulling.first + pulling.count);
    for (let at = 3 * pulling.first; at < end; at += 3, entry += pulling.stride) {
      const strength = pull[entry];
      x += strength * vectors[at];
      y += strength * vectors[at + 1];
      z += strength * vectors[at + 2];
    }
    const at = 3 * (pulled.first + point);
    gradient[at] += x;
    gradient[at + 1] += y;
    gradient[at + 2] += z;
  }
}

/** Four pulling vectors at a time, so that a component of the gradient is loaded and stored once for four. */
function pullInMany(
  gradient: Float64Array,
  pulled: Side,
  vectors: Float64Array,
  pulling: Side,
  dimension: number,
  pull: Float64Array,
): void {
  const { stride } = pulling;
  for (let point = 0; point < pulled.count; point++) {
    const gradientAt = (pulled.first + point) * dimension;
    const entry = point * pulled.stride;
    let other = 0;
    for (; other + 4 <= pulling.count; other += 4) {
      const strength0 = pull[entry + other * stride];
      const strength1 = pull[entry + (other + 1) * stride];
      const strength2 = pull[entry + (other + 2) * stride];
      const strength3 = pull[entry + (other + 3) * stride];
      const at0 = (pulling.first + other) * dimension;
      const at1 = at0 + dimension;
      const at2 = at1 + dimension;
      const at3 = at2 + dimension;
      for (let index = 0; index < dimension; index++) {
        gradient[gradientAt + index] +=
          strength0 * vectors[at0 + index] +
          strength1 * vectors[at1 + index] +
          strength2 * vectors[at2 + index] +
          strength3 * vectors[at3 + index];
      }
    }
    for (; other < pulling.count; other++) {
      const strength = pull[entry + other * stride];
      const at = (pulling.first + other) * dimension;
      for (let index = 0; index < dimension; index++) {
        gradient[gradientAt + index] += strength * vectors[at + index];
      }
    }
  }
}
