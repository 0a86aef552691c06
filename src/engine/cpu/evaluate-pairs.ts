import type { ParameterValues } from '../../losses/loss.ts';
import type { AnyPairLoss } from '../../losses/registry.ts';
import type { Batch, EvaluateOptions, Evaluation } from '../engine.ts';
import { isLabelled } from '../engine.ts';
import type { BatchLayout } from '../validate.ts';
import { numbered } from './labels.ts';
import { NOBODY, PADDING } from './pairs/relation.ts';
import type { PairPlan, Side } from './pairs/plan.ts';
import { planPairs, TOTALS } from './pairs/plan.ts';
import { writePairKernels } from './pairs/kernels.ts';
import { resetTurns } from './pairs/turns.ts';
import type { PairProgram } from './programs.ts';
import { helpersFor, run } from './run.ts';
import type { Means } from './run.ts';

/**
 * A loss of pairs: streams the tiles of all pairs through the loss's two functions and collects the gradient. The
 * matrix of pairs is never stored. Long work goes to the threads, if there are any; else it is done here, in slices.
 */
export async function evaluatePairs(
  loss: AnyPairLoss,
  values: ParameterValues,
  layout: BatchLayout,
  batch: Batch,
  options: EvaluateOptions,
  { programs, threads }: Means,
): Promise<Evaluation> {
  options.signal?.throwIfAborted();
  const { labels, hasSeveralPositives } = labelsOf(batch, layout);
  const { kind, dimension, rows, columns, extraNegatives } = layout;
  const helpers = helpersFor(rows * columns, dimension, threads);
  const shape = {
    dimension,
    isOneSet: kind === 'labelled',
    isExclusive: extraNegatives > 0,
    columnsAreAnchors: loss.anchors !== 'queries',
  };
  const plan = {
    refines: hasSeveralPositives && (loss.refines ?? false),
    gradient: options.gradient ?? false,
    normalize: Boolean(values.normalize),
    threads: helpers?.count ?? 1,
  };
  const program = await programs.take<PairProgram>({
    kernelsKey: JSON.stringify([loss.kind, shape]),
    planKey: JSON.stringify([layout, plan]),
    isShared: helpers !== undefined,
    write: (relaxed) => writePairKernels(loss.shader, shape, relaxed),
    plan: (parts) => planPairs(loss, layout, parts, plan),
  });
  const constants = loss.constants(values);
  const parameters = program.parameters.map((name) => constants[name]);
  new Float32Array(program.memory.buffer).set(parameters);
  pass(program, batch, labels);
  resetTurns(program.memory, program.plan);
  // A program that is given up in the middle is not used again: somebody may still be writing to its memory.
  if (!(await run(program, 'whole', options, helpers))) {
    return evaluatePairs(loss, values, layout, batch, options, { programs, threads: undefined });
  }
  const evaluation = readEvaluation(program, loss, values, batch, options);
  programs.giveBack(program);
  return evaluation;
}

/** Copies the batch into the kernels' memory, as it was passed in. */
function pass(
  { memory, plan }: PairProgram,
  batch: Batch,
  labels: { rows: Int32Array; columns: Int32Array },
): void {
  const floats = new Float32Array(memory.buffer);
  const integers = new Int32Array(memory.buffer);
  const label = (side: Side, own: Int32Array) => {
    integers.set(own, side.labels / 4);
    integers.fill(PADDING, side.labels / 4 + side.count, side.labels / 4 + side.padded);
  };
  label(plan.rows, labels.rows);
  if (isLabelled(batch)) {
    floats.set(batch.embeddings, plan.rows.vectors / 4);
    return;
  }
  label(plan.columns, labels.columns);
  floats.set(batch.queries, plan.rows.vectors / 4);
  floats.set(batch.keys, plan.columns.vectors / 4);
  if (batch.negatives) floats.set(batch.negatives, plan.columns.vectors / 4 + batch.keys.length);
}

/**
 * Labels counted from 0. One set: equal ones are positives. Two towers: query i and key i carry i, extra negatives
 * NOBODY.
 */
function labelsOf(
  batch: Batch,
  { rows, columns }: BatchLayout,
): { labels: { rows: Int32Array; columns: Int32Array }; hasSeveralPositives: boolean } {
  if (!isLabelled(batch)) {
    const own = Int32Array.from({ length: columns }, (_, column) => (column < rows ? column : NOBODY));
    return { labels: { rows: own.subarray(0, rows), columns: own }, hasSeveralPositives: false };
  }
  const { labels: own, most } = numbered(batch.labels);
  return { labels: { rows: own, columns: own }, hasSeveralPositives: most > 2 };
}

function readEvaluation(
  { memory, plan }: PairProgram,
  loss: AnyPairLoss,
  values: ParameterValues,
  batch: Batch,
  options: EvaluateOptions,
): Evaluation {
  const sides = loss.anchors === 'both' ? [plan.rows, plan.columns] : [plan.rows];
  const anchors = sides.map(({ losses, counts, count }) => ({
    losses: new Float32Array(memory.buffer, losses, count),
    terms: new Uint32Array(memory.buffer, counts, count),
  }));
  const terms = sum(anchors.map((side) => sum(side.terms)));
  const weight = terms === 0 ? 0 : 1 / terms;
  const evaluation: Evaluation = {
    loss: weight * sum(anchors.map((side) => sum(side.losses))),
    count: terms / anchors.length,
  };
  if (options.rowLosses) evaluation.rowLosses = rowLosses(anchors, plan.rows.count);
  if (!options.gradient) return evaluation;
  evaluation.gradient = readGradient(memory, plan, batch);
  const sums = { pull: 0, pullSimilarity: 0 };
  const totals = new Float64Array(memory.buffer, plan.totals, TOTALS * plan.units);
  for (let at = 0; at < totals.length; at += TOTALS) {
    sums.pull += weight * totals[at];
    sums.pullSimilarity += weight * totals[at + 1];
  }
  evaluation.parameterGradients = loss.parameterGradients(values, sums);
  return evaluation;
}

/** Copies: the memory is the next evaluation's. */
function readGradient(
  { buffer }: WebAssembly.Memory,
  { rows, columns, dimension }: PairPlan,
  batch: Batch,
): Evaluation['gradient'] {
  const read = (side: Side, first: number, count: number) =>
    new Float32Array(new Float32Array(buffer, side.vectors + 4 * first * dimension, count * dimension));
  if (isLabelled(batch)) return { embeddings: read(rows, 0, rows.count) };
  const extra = columns.count - rows.count;
  return {
    queries: read(rows, 0, rows.count),
    keys: read(columns, 0, rows.count),
    ...(extra > 0 && { negatives: read(columns, rows.count, extra) }),
  };
}

/** The mean of each row's own terms; with two towers as anchors, the mean of query and key. */
function rowLosses(anchors: { losses: Float32Array; terms: Uint32Array }[], rows: number): Float32Array {
  return Float32Array.from({ length: rows }, (_, row) => {
    const means = anchors.map(({ losses, terms }) => (terms[row] === 0 ? 0 : losses[row] / terms[row]));
    return sum(means) / anchors.length;
  });
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index];
  return total;
}
