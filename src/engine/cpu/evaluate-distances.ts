import { TALLY } from '../../losses/distance-rule.ts';
import type { ParameterValues } from '../../losses/loss.ts';
import type { AnyDistanceLoss } from '../../losses/registry.ts';
import type { Batch, EvaluateOptions, Evaluation } from '../engine.ts';
import { isLabelled } from '../engine.ts';
import { Slices } from '../slices.ts';
import { lossesOf } from '../tallies.ts';
import { closeTowers, openTowers } from '../towers.ts';
import type { BatchLayout } from '../validate.ts';

/** Columns that a row meets before another row meets them, too: their vectors stay in the nearest caches. */
const BLOCK = 256;

/** Two points that meet, each an index into its own side. */
type Visit = (squared: number, first: number, second: number, isPositive: boolean) => void;

/**
 * The skeleton of distances: streams all pairs of points that meet, once for what the points gather and, when the
 * totals are known, once for the pulls. Each pair is computed once and serves both of its ends; nothing is stored.
 */
export async function evaluateDistances(
  loss: AnyDistanceLoss,
  values: ParameterValues,
  layout: BatchLayout,
  batch: Batch,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { rule, meetsOwnTower = false } = loss;
  const { dimension, rows } = layout;
  const constants = loss.constants(values);
  const labels = isLabelled(batch) ? batch.labels : undefined;
  const similar = isLabelled(batch) ? undefined : batch.similar;
  const meetsSet = labels !== undefined || meetsOwnTower;
  const towerCount = labels ? 1 : 2;
  const within = meetsSet ? towerCount * rowsOfBlocks(rows) : 0;
  const across = labels ? 0 : rows;
  const passes = options.gradient ? 2 : 1;
  const slices = new Slices(passes * (towerCount * rows + within + across), options);

  const opened = await openTowers(batch, Boolean(values.normalize), slices);
  const towers = (labels ? [opened.rows] : [opened.rows, opened.columns]).map((tower) => ({
    ...tower,
    tallies: new Float64Array(rows * TALLY),
  }));
  type Tower = (typeof towers)[number];

  const squaredDistance = (left: Float64Array, leftAt: number, right: Float64Array, rightAt: number) => {
    let sum = 0;
    for (let index = 0; index < dimension; index++) {
      const difference = left[leftAt + index] - right[rightAt + index];
      sum += difference * difference;
    }
    return sum;
  };
  /** All pairs within a tower, in blocks; then each point with its match. */
  const stream = async (visitorOf: (first: Tower, second: Tower) => Visit) => {
    for (const tower of meetsSet ? towers : []) {
      const { vectors } = tower;
      const visit = visitorOf(tower, tower);
      for (let from = 0; from < rows; from += BLOCK) {
        const to = Math.min(from + BLOCK, rows);
        for (let row = 0; row < to; row++) {
          for (let column = Math.max(from, row + 1); column < to; column++) {
            const squared = squaredDistance(vectors, row * dimension, vectors, column * dimension);
            visit(squared, row, column, labels !== undefined && labels[row] === labels[column]);
          }
          if (slices.spend(1)) await slices.next();
        }
      }
    }
    if (labels) return;
    const [queries, keys] = towers;
    const visit = visitorOf(queries, keys);
    for (let row = 0; row < rows; row++) {
      const squared = squaredDistance(queries.vectors, row * dimension, keys.vectors, row * dimension);
      visit(squared, row, row, !similar || similar[row] === 1);
      if (slices.spend(1)) await slices.next();
    }
  };

  await stream((first, second) => (squared, row, column, isPositive) => {
    rule.accumulate(first.tallies, row * TALLY, squared, isPositive, constants);
    rule.accumulate(second.tallies, column * TALLY, squared, isPositive, constants);
  });
  const others = meetsSet ? rows - 1 : 0;
  const allTallies = towers.map(({ tallies }) => tallies);
  const { rowLosses, totals, loss: mean, count } = lossesOf(rule, constants, allTallies, others);
  const result: Evaluation = { loss: mean, count, ...(options.rowLosses && { rowLosses }) };
  if (!options.gradient) return result;

  // A pair is met from both of its ends, and the loss is the mean over the towers.
  const ends = 2 / towers.length;
  await stream((first, second) => {
    const total = totals[towers.indexOf(first)];
    return (squared, row, column, isPositive) => {
      const pull = ends * rule.pull(total, squared, isPositive, constants);
      if (pull === 0) return;
      for (let index = 0; index < dimension; index++) {
        const left = row * dimension + index;
        const right = column * dimension + index;
        const component = pull * (first.vectors[left] - second.vectors[right]);
        first.gradient[left] += component;
        second.gradient[right] -= component;
      }
    };
  });
  result.gradient = await closeTowers(batch, opened, 1, slices);
  result.parameterGradients = {};
  return result;
}

/** Rows that the blocks of columns meet, one block after the other: those before it, and its own. */
function rowsOfBlocks(rows: number): number {
  let sum = 0;
  for (let from = 0; from < rows; from += BLOCK) sum += Math.min(from + BLOCK, rows);
  return sum;
}
