import type { Batch } from '../../src/engine/engine.ts';
import { buildPairs } from '../../src/engine/reference/pairs.ts';
import { Slices } from '../../src/engine/slices.ts';
import { pointsOf } from '../../src/engine/reference/points.ts';
import { openTowers } from '../../src/engine/towers.ts';
import type { Towers } from '../../src/engine/towers.ts';
import { validateEvaluation } from '../../src/engine/validate.ts';
import type { BatchLayout } from '../../src/engine/validate.ts';
import type { ParameterValues } from '../../src/losses/loss.ts';
import { columnsOf, EXCLUDED, POSITIVE } from '../../src/losses/pair-matrix.ts';
import type { AnyPointLoss, LossSpec } from '../../src/losses/registry.ts';

/** Vectors shorter than this count as zero vectors. */
const SHORTEST = 1e-12;

/** How large everything would be if nothing cancelled: what rounding errors are judged against. */
export interface Scales {
  /** Largest |logit| that the lengths of the vectors allow. */
  largestLogit: number;
  /** Per row of the rows' tower: sum over j of |dL/ds_ij| ||u_j||, divided by ||x_i|| where the loss normalizes. */
  rows: Float64Array;
  /** The same per column; one set has rows only. */
  columns: Float64Array;
  /** Per learnable parameter: its gradient with every term of the sum taken absolutely. */
  parameters: Record<string, number>;
}

export async function scalesOf(spec: LossSpec, batch: Batch): Promise<Scales> {
  const { loss, values, layout } = validateEvaluation(spec, batch);
  const { dimension, rows, columns } = layout;
  const slices = new Slices(rows + columns);
  const towers = await openTowers(batch, Boolean(values.normalize), slices);
  if (loss.skeleton !== 'pairs') return scalesOfPoints(loss, values, batch, layout, towers);
  const pairs = await buildPairs(batch, layout, towers, slices);
  const { pull, count } = loss.formula(pairs, values, pairs);
  const isSupConOut = loss.kind === 'sup-con' && values.form === 'out' && Boolean(values.negatives);

  const rowLengths = lengthsOf(towers.rows.vectors, dimension);
  const columnLengths = lengthsOf(towers.columns.vectors, dimension);
  const rowScales = new Float64Array(rows);
  const columnScales = layout.kind === 'labelled' ? rowScales : new Float64Array(columns);
  const sums = { pull: 0, pullSimilarity: 0 };
  let longestPair = 0;
  for (let row = 0; row < rows; row++) {
    const positiveColumns = columnsOf(pairs, row, POSITIVE);
    const positives = positiveColumns.length;
    // The debiased losses divide by what is left of 1 where the prior takes its share: a pull of 50, in units of the
    // logit scale, comes of a remainder of 1 / 50, which has lost as much of its accuracy.
    const strongest = Math.max(0, ...positiveColumns.map((column) => Math.abs(pull[row * columns + column])));
    const magnification =
      'positivePrior' in values ? Math.max(1, (strongest * count) / loss.constants(values).logitScale) : 1;
    // Each of several positives is pulled by its share less its target, two numbers that cancel: |P| + |Q| = P - Q + 2 Q.
    const target = isSupConOut && positives > 1 ? loss.constants(values).logitScale / positives / count : 0;
    for (let column = 0; column < columns; column++) {
      const pair = row * columns + column;
      if (pairs.relation[pair] === EXCLUDED) continue;
      const product = rowLengths[row] * columnLengths[column];
      longestPair = Math.max(longestPair, product);
      const isTarget = target > 0 && pairs.relation[pair] === POSITIVE;
      const coefficient = isTarget ? pull[pair] + 2 * target : magnification * Math.abs(pull[pair]);
      rowScales[row] += coefficient * columnLengths[column];
      columnScales[column] += coefficient * rowLengths[row];
      sums.pull += coefficient;
      sums.pullSimilarity += coefficient * product;
    }
  }
  divideByNorms(rowScales, towers.rows.norms);
  if (columnScales !== rowScales) divideByNorms(columnScales, towers.columns.norms);

  return {
    largestLogit: loss.largestLogit(values, longestPair),
    rows: rowScales,
    columns: columnScales,
    parameters: loss.parameterGradients(values, sums),
  };
}

/** The same for a loss that is not over similarities, whose formula tells the scales. */
function scalesOfPoints(
  loss: AnyPointLoss,
  values: ParameterValues,
  batch: Batch,
  layout: BatchLayout,
  towers: Towers,
): Scales {
  const points = pointsOf(batch, layout, towers);
  const { rows, columns } = loss.formula(points, values, points);
  divideByNorms(rows.scale, towers.rows.norms);
  if (columns !== rows) divideByNorms(columns.scale, towers.columns.norms);
  const longest = (vectors: Float64Array) => Math.max(...lengthsOf(vectors, layout.dimension));
  const product = longest(points.rows) * longest(points.columns);
  return {
    // Losses over features have no logits: nothing magnifies the rounding of their sums.
    largestLogit: loss.skeleton === 'features' ? 1 : loss.largestLogit(values, product),
    rows: rows.scale,
    columns: columns.scale,
    parameters: {},
  };
}

function lengthsOf(vectors: Float64Array, dimension: number): Float64Array {
  return Float64Array.from({ length: vectors.length / dimension }, (_, index) =>
    Math.hypot(...vectors.subarray(index * dimension, (index + 1) * dimension)),
  );
}

/** The chain rule through x / ||x||; a row that counts as zero has gradient 0, so its scale is 0 too. */
function divideByNorms(scales: Float64Array, norms: Float64Array | undefined): void {
  norms?.forEach((norm, index) => {
    scales[index] = norm < SHORTEST ? 0 : scales[index] / norm;
  });
}
