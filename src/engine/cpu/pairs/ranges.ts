/** Points that follow each other, and the tiles of pairs that two such ranges make. */
import { QUAD } from './tile.ts';

/** Points from `first` on. */
export interface Range {
  first: number;
  count: number;
}

/** A tile of the matrix of pairs; counts without padding. */
export interface Tile {
  row: Range;
  column: Range;
}

/** Quads of so many points: rows come in pairs of quads, and are padded for it. */
export function quadsOf(points: number): number {
  return 2 * Math.ceil(points / (2 * QUAD));
}

/** `count` points from `first` on in ranges of `step`, cut off at `end`. */
export function rangesOf(first: number, count: number, step: number, end: number): Range[] {
  const ranges: Range[] = [];
  for (let at = first; at < Math.min(first + count, end); at += step) {
    ranges.push({ first: at, count: Math.min(step, first + count - at, end - at) });
  }
  return ranges;
}
