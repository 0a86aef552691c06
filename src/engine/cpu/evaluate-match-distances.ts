import { TALLY } from '../../losses/distance-rule.ts';
import type { ParameterValues } from '../../losses/loss.ts';
import type { AnyDistanceLoss } from '../../losses/registry.ts';
import type { EvaluateOptions, Evaluation, PairedBatch } from '../engine.ts';
import { Slices } from '../slices.ts';
import { lossesOf } from '../tallies.ts';
import { closeTowers, openTowers } from '../towers.ts';

/** The skeleton of distances where every query meets its own key and nobody else: in double precision, as there are few. */
export async function evaluateMatchDistances(
  { rule, constants: constantsOf }: AnyDistanceLoss,
  values: ParameterValues,
  batch: PairedBatch,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { dimension, similar } = batch;
  const constants = constantsOf(values);
  const rows = batch.queries.length / dimension;
  const passes = options.gradient ? 2 : 1;
  const slices = new Slices(passes * 3 * rows, options);
  const towers = await openTowers(batch, Boolean(values.normalize), slices);
  const [queries, keys] = [towers.rows, towers.columns];
  const forEachMatch = async (visit: (row: number, squared: number, isPositive: boolean) => void) => {
    for (let row = 0; row < rows; row++) {
      let squared = 0;
      for (let at = row * dimension; at < (row + 1) * dimension; at++) {
        const difference = queries.vectors[at] - keys.vectors[at];
        squared += difference * difference;
      }
      visit(row, squared, !similar || similar[row] === 1);
      if (slices.spend(1)) await slices.next();
    }
  };

  // Query and key gather the same from each other.
  const tallies = new Float64Array(rows * TALLY);
  await forEachMatch((row, squared, isPositive) =>
    rule.accumulate(tallies, row * TALLY, squared, isPositive, constants),
  );
  const { rowLosses, totals, loss, count } = lossesOf(rule, constants, [tallies], 0);
  const result: Evaluation = { loss, count, ...(options.rowLosses && { rowLosses }) };
  if (!options.gradient) return result;

  await forEachMatch((row, squared, isPositive) => {
    const pull = rule.pull(totals[0], squared, isPositive, constants);
    if (pull === 0) return;
    for (let at = row * dimension; at < (row + 1) * dimension; at++) {
      const component = pull * (queries.vectors[at] - keys.vectors[at]);
      queries.gradient[at] += component;
      keys.gradient[at] -= component;
    }
  });
  result.gradient = await closeTowers(batch, towers, 1, slices);
  result.parameterGradients = {};
  return result;
}
