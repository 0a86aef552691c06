import { TALLY } from '../../losses/distance-rule.ts';
import type { ParameterValues } from '../../losses/loss.ts';
import type { AnyDistanceLoss } from '../../losses/registry.ts';
import { isLabelled } from '../engine.ts';
import type { Batch, EvaluateOptions, Evaluation } from '../engine.ts';
import { lossesOf } from '../tallies.ts';
import type { BatchLayout } from '../validate.ts';
import { writeDistanceKernels } from './distances/kernels.ts';
import { planDistances } from './distances/plan.ts';
import { evaluateMatchDistances } from './evaluate-match-distances.ts';
import { numbered } from './labels.ts';
import { PADDING } from './pairs/relation.ts';
import { QUAD } from './pairs/tile.ts';
import { resetTurns } from './pairs/turns.ts';
import type { DistanceProgram } from './programs.ts';
import { helpersFor, run } from './run.ts';
import type { Means } from './run.ts';

/** What the first pass is worth of all the work, for progress. */
const GATHERING = 0.3;

/**
 * The skeleton of distances: streams all pairs of points that meet, once for what the points gather and, when that has
 * been put together, once for the pulls. Each pair of a set is computed once and serves both of its ends; nothing is
 * stored. Two towers are two sets, whose points also meet their match, in double precision.
 */
export async function evaluateDistances(
  loss: AnyDistanceLoss,
  values: ParameterValues,
  layout: BatchLayout,
  batch: Batch,
  options: EvaluateOptions,
  { programs, threads }: Means,
): Promise<Evaluation> {
  if (!isLabelled(batch) && !loss.meetsOwnTower) return evaluateMatchDistances(loss, values, batch, options);
  options.signal?.throwIfAborted();
  const { rule } = loss;
  const { dimension, rows } = layout;
  const constants = loss.constants(values);
  const sets = isLabelled(batch) ? [batch.embeddings] : [batch.queries, batch.keys];
  const labels = isLabelled(batch)
    ? numbered(batch.labels).labels
    : Int32Array.from({ length: rows }, (_, row) => row);
  const helpers = helpersFor(rows * rows, dimension, threads);
  const plan = {
    sets: sets.length,
    gradient: options.gradient ?? false,
    normalize: Boolean(values.normalize),
    threads: helpers?.count ?? 1,
  };
  const opened: DistanceProgram[] = [];
  for (const vectors of sets) {
    const program = await programs.take<DistanceProgram>({
      kernelsKey: JSON.stringify([loss.kind, dimension]),
      planKey: JSON.stringify([rows, plan]),
      isShared: helpers !== undefined,
      write: (relaxed) => writeDistanceKernels(loss.shader, dimension, relaxed),
      plan: () => planDistances(layout, plan),
    });
    load(
      program,
      vectors,
      labels,
      program.parameters.map((name) => constants[name]),
    );
    opened.push(program);
  }
  /** Runs a part on every set, which takes the progress from one fraction to another; false when a helper was lost. */
  const runAll = async (part: 'gather' | 'pull', from: number, to: number) => {
    for (const [index, program] of opened.entries()) {
      const share = (to - from) / opened.length;
      const { signal, onProgress } = options;
      const told = onProgress && ((fraction: number) => onProgress(from + share * (index + fraction)));
      if (!(await run(program, part, { signal, onProgress: told }, helpers))) return false;
    }
    return true;
  };
  const again = () =>
    evaluateDistances(loss, values, layout, batch, options, { programs, threads: undefined });

  if (!(await runAll('gather', 0, options.gradient ? GATHERING : 1))) return again();
  const towers = opened.map((program) => readTallies(program, rows));
  const matches = isLabelled(batch) ? undefined : new Matches(opened);
  matches?.forEach((row, squared) => {
    for (const tallies of towers) rule.accumulate(tallies, row * TALLY, squared, true, constants);
  });
  const { rowLosses, totals, loss: mean, count } = lossesOf(rule, constants, towers, rows - 1);
  const result: Evaluation = { loss: mean, count, ...(options.rowLosses && { rowLosses }) };
  if (options.gradient) {
    opened.forEach(({ memory, plan: { total } }, index) =>
      new Float32Array(memory.buffer, total, TALLY).set(totals[index]),
    );
    // Both towers have the same matches, so that they pull the same from either end.
    matches?.forEach((row, squared) => matches.push(row, rule.pull(totals[0], squared, true, constants)));
    if (!(await runAll('pull', GATHERING, 1))) return again();
    const [first, second] = opened.map((program) => readVectors(program, rows));
    result.gradient = isLabelled(batch) ? { embeddings: first } : { queries: first, keys: second };
    result.parameterGradients = {};
  }
  for (const program of opened) programs.giveBack(program);
  return result;
}

function load(
  { memory, plan }: DistanceProgram,
  vectors: Float32Array,
  labels: Int32Array,
  parameters: number[],
): void {
  const { rows } = plan;
  const floats = new Float32Array(memory.buffer);
  const integers = new Int32Array(memory.buffer);
  floats.set(parameters);
  floats.set(vectors, rows.vectors / 4);
  integers.set(labels, rows.labels / 4);
  integers.fill(PADDING, rows.labels / 4 + rows.count, rows.labels / 4 + rows.padded);
  resetTurns(memory, plan);
}

/** One tally after the other; in memory the quads of points hold each of its numbers side by side. */
function readTallies({ memory, plan }: DistanceProgram, rows: number): Float64Array {
  const numbers = new Float32Array(memory.buffer, plan.rows.statistics, plan.rows.padded * TALLY);
  return Float64Array.from({ length: rows * TALLY }, (_, index) => {
    const point = Math.floor(index / TALLY);
    return numbers[(point - (point % QUAD)) * TALLY + (index % TALLY) * QUAD + (point % QUAD)];
  });
}

/** A copy: the memory is the next evaluation's. */
function readVectors({ memory, plan }: DistanceProgram, rows: number): Float32Array {
  return new Float32Array(memory.buffer, plan.rows.vectors, rows * plan.dimension).slice();
}

/** Points of two sets that meet across, each its match, which is similar to it. */
class Matches {
  readonly #sets: { vectors: Float32Array; gradient: Float32Array }[];
  readonly #dimension: number;
  readonly #count: number;

  constructor(sets: readonly DistanceProgram[]) {
    const { rows, dimension, gradient } = sets[0].plan;
    this.#sets = sets.map(({ memory, plan }) => ({
      vectors: new Float32Array(memory.buffer, plan.rows.vectors, rows.count * dimension),
      gradient: new Float32Array(memory.buffer, plan.rows.gradient, gradient ? rows.padded * dimension : 0),
    }));
    this.#dimension = dimension;
    this.#count = rows.count;
  }

  forEach(visit: (row: number, squared: number) => void): void {
    const [first, second] = this.#sets;
    for (let row = 0; row < this.#count; row++) {
      let squared = 0;
      for (let at = row * this.#dimension; at < (row + 1) * this.#dimension; at++) {
        squared += (first.vectors[at] - second.vectors[at]) ** 2;
      }
      visit(row, squared);
    }
  }

  /** Adds what a match does to both of its ends to what is gathered, which lies in quads. */
  push(row: number, pull: number): void {
    const [first, second] = this.#sets;
    const start = (row - (row % QUAD)) * this.#dimension + (row % QUAD);
    for (let k = 0; k < this.#dimension; k++) {
      const at = row * this.#dimension + k;
      const component = pull * (first.vectors[at] - second.vectors[at]);
      first.gradient[start + k * QUAD] += component;
      second.gradient[start + k * QUAD] -= component;
    }
  }
}
