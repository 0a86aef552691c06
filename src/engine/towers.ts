import type { Batch, Evaluation } from './engine.ts';
import { isLabelled } from './engine.ts';
import { gradientThroughNormalization, normalizeRows } from './normalization.ts';
import type { Slices } from './slices.ts';

/** A block of vectors, the gradient that gathers on them, and the lengths they had before normalization, if any. */
interface Tower {
  /** count x dimension, row-major. */
  vectors: Float64Array;
  /** count x dimension, zeros at first. */
  gradient: Float64Array;
  norms: Float64Array | undefined;
}

/**
 * The vectors of a batch, in double precision, as the rows and the columns of its matrix of pairs. With one set both are
 * the same tower: what is added to either is added to (G + G^T) U.
 */
export interface Towers {
  dimension: number;
  rows: Tower;
  columns: Tower;
}

/** Spends one unit of work per vector. */
export async function openTowers(batch: Batch, normalize: boolean, slices: Slices): Promise<Towers> {
  const { dimension } = batch;
  const open = (...parts: Float32Array[]): Tower => {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const vectors = new Float64Array(length);
    let start = 0;
    for (const part of parts) {
      vectors.set(part, start);
      start += part.length;
    }
    const norms = normalize ? new Float64Array(length / dimension) : undefined;
    return { vectors, gradient: new Float64Array(length), norms };
  };
  let towers: Towers;
  if (isLabelled(batch)) {
    const tower = open(batch.embeddings);
    towers = { dimension, rows: tower, columns: tower };
  } else {
    const keys = batch.negatives ? [batch.keys, batch.negatives] : [batch.keys];
    towers = { dimension, rows: open(batch.queries), columns: open(...keys) };
  }
  await forEachBlock(towers, slices, ({ vectors, norms }, from, to) => {
    if (norms) normalizeRows(vectors, norms, dimension, from, to);
  });
  return towers;
}

/** The gathered gradient times `scale`, with respect to what was passed in. Spends one unit of work per vector. */
export async function closeTowers(
  batch: Batch,
  towers: Towers,
  scale: number,
  slices: Slices,
): Promise<Evaluation['gradient']> {
  const { dimension, rows, columns } = towers;
  await forEachBlock(towers, slices, ({ vectors, gradient, norms }, from, to) => {
    for (let index = from * dimension; index < to * dimension; index++) gradient[index] *= scale;
    if (norms) gradientThroughNormalization(gradient, vectors, norms, dimension, from, to);
  });
  if (isLabelled(batch)) return { embeddings: new Float32Array(rows.gradient) };
  const length = rows.gradient.length;
  return {
    queries: new Float32Array(rows.gradient),
    keys: new Float32Array(columns.gradient.subarray(0, length)),
    ...(columns.gradient.length > length && {
      negatives: new Float32Array(columns.gradient.subarray(length)),
    }),
  };
}

const BLOCK = 256;

async function forEachBlock(
  { dimension, rows, columns }: Towers,
  slices: Slices,
  visit: (tower: Tower, from: number, to: number) => void,
): Promise<void> {
  for (const tower of rows === columns ? [rows] : [rows, columns]) {
    const count = tower.vectors.length / dimension;
    for (let from = 0; from < count; from += BLOCK) {
      const to = Math.min(from + BLOCK, count);
      visit(tower, from, to);
      if (slices.spend(to - from)) await slices.next();
    }
  }
}
