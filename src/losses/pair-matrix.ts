/** What two points are to each other. Excluded: a point and itself, or a key that is nobody's business here. */
export const EXCLUDED = 0;
export const NEGATIVE = 1;
export const POSITIVE = 2;

/** All pairs of a small batch, stored: what the reference formulas are written on. */
export interface PairMatrix {
  rows: number;
  columns: number;
  /** rows x columns, row-major, float64. */
  similarity: Float64Array;
  /** rows x columns: EXCLUDED, NEGATIVE or POSITIVE. */
  relation: Uint8Array;
}

export interface PairMatrixLoss {
  loss: number;
  /** Terms that were averaged. */
  count: number;
  /** One per row: the mean of that anchor's terms. */
  rowLosses: Float64Array;
  /** dLoss/dSimilarity, rows x columns. */
  pull: Float64Array;
}

/** A loss with nothing in it yet, shaped for `pairs`. */
export function emptyLoss(pairs: PairMatrix): PairMatrixLoss {
  return {
    loss: 0,
    count: 0,
    rowLosses: new Float64Array(pairs.rows),
    pull: new Float64Array(pairs.rows * pairs.columns),
  };
}

/** The columns of one row that stand in the given relation to it. */
export function columnsOf(pairs: PairMatrix, row: number, relation: number): number[] {
  const columns: number[] = [];
  for (let column = 0; column < pairs.columns; column++) {
    if (pairs.relation[row * pairs.columns + column] === relation) columns.push(column);
  }
  return columns;
}

/** log(sum(exp(values))), shifted by the largest; of nothing, -Infinity. */
export function logSumExp(values: readonly number[]): number {
  let maximum = -Infinity;
  for (const value of values) maximum = Math.max(maximum, value);
  if (maximum === -Infinity) return -Infinity;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - maximum);
  return maximum + Math.log(sum);
}

/** log(1 + exp(x)) without overflow and without losing small values. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** 1 / (1 + exp(-x)). */
export function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** The same pairs seen from the columns. */
export function transposed(pairs: PairMatrix): PairMatrix {
  const { rows, columns } = pairs;
  const result = {
    rows: columns,
    columns: rows,
    similarity: new Float64Array(rows * columns),
    relation: new Uint8Array(rows * columns),
  };
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result.similarity[column * rows + row] = pairs.similarity[row * columns + column];
      result.relation[column * rows + row] = pairs.relation[row * columns + column];
    }
  }
  return result;
}

/**
 * Divides by the number of terms what was summed over them.
 * @param terms how many terms of each anchor `rowLosses` holds the sum of; without it, one of each.
 */
export function averaged(result: PairMatrixLoss, terms?: ArrayLike<number>): PairMatrixLoss {
  if (result.count === 0) return result;
  let sum = 0;
  for (let row = 0; row < result.rowLosses.length; row++) {
    sum += result.rowLosses[row];
    if (terms) result.rowLosses[row] /= Math.max(1, terms[row]);
  }
  result.loss = sum / result.count;
  for (let pair = 0; pair < result.pull.length; pair++) result.pull[pair] /= result.count;
  return result;
}
