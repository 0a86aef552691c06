import type { ParameterValues } from '../../losses/loss.ts';
import type { AnyMatchLoss } from '../../losses/registry.ts';
import type { Batch, EvaluateOptions, Evaluation } from '../engine.ts';
import { Slices } from '../slices.ts';
import { closeTowers, openTowers } from '../towers.ts';
import type { BatchLayout } from '../validate.ts';

const BLOCK = 256;

/** The skeleton of matches: every query with its own key and nobody else. */
export async function evaluateMatches(
  loss: AnyMatchLoss,
  values: ParameterValues,
  { dimension, rows }: BatchLayout,
  batch: Batch,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const constants = loss.constants(values);
  const slices = new Slices(5 * rows, options);
  const towers = await openTowers(batch, Boolean(values.normalize), slices);
  const [queries, keys] = [towers.rows, towers.columns];
  const rowLosses = new Float32Array(rows);
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * dimension;
    const end = start + dimension;
    let similarity = 0;
    for (let index = start; index < end; index++) similarity += queries.vectors[index] * keys.vectors[index];
    const meeting = loss.rule.meet(similarity, constants);
    rowLosses[row] = meeting.loss;
    sum += meeting.loss;
    if (options.gradient) {
      for (let index = start; index < end; index++) {
        queries.gradient[index] = meeting.queryPull * keys.vectors[index];
        keys.gradient[index] = meeting.keyPull * queries.vectors[index];
      }
    }
    if (row % BLOCK === BLOCK - 1 && slices.spend(BLOCK)) await slices.next();
  }
  const evaluation: Evaluation = { loss: sum / rows, count: rows };
  if (options.rowLosses) evaluation.rowLosses = rowLosses;
  if (!options.gradient) return evaluation;
  evaluation.gradient = await closeTowers(batch, towers, 1 / rows, slices);
  evaluation.parameterGradients = {};
  return evaluation;
}
