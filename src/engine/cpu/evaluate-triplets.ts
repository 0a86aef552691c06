import type { ParameterValues } from '../../losses/loss.ts';
import type { AnyTripletLoss } from '../../losses/registry.ts';
import { COSINE, HARDEST, NEAREST_BEYOND } from '../../losses/triplet-rule.ts';
import type { Batch, EvaluateOptions, Evaluation } from '../engine.ts';
import { isLabelled } from '../engine.ts';
import { Slices } from '../slices.ts';
import { expectRoom } from '../stored-matrix.ts';
import type { BatchLayout } from '../validate.ts';
import { groupsOf } from './groups.ts';
import { QUAD, TILE } from './pairs/tile.ts';
import type { TripletProgram } from './programs.ts';
import type { Means } from './run.ts';
import { chooser } from './triplets/choices.ts';
import { writeTripletKernels } from './triplets/kernels.ts';
import { Panel, strengthOf } from './triplets/panel.ts';
import { BYTES_PER_ENTRY, planTriplets } from './triplets/plan.ts';
import type { State, Visit } from './triplets/state.ts';
import { termsOf } from './triplets/terms.ts';

/** No negative. */
const NOBODY = 0xffffffff;

/**
 * The skeleton of triplets. What is kept is the distances within the classes, and a panel of the matrix of distances:
 * those of all points to TILE negatives, by kernels in WebAssembly. Each panel meets every anchor with all of its
 * positives, and is forgotten. Memory grows with the sum of the classes' squares, time with
 * points^2 x (dimension + positives of one anchor).
 * @throws InputError when the classes are too large for that, with the bytes wanted and the bytes there.
 */
export async function evaluateTriplets(
  loss: AnyTripletLoss,
  values: ParameterValues,
  { dimension, rows }: BatchLayout,
  batch: Batch,
  options: EvaluateOptions,
  { programs }: Pick<Means, 'programs'>,
): Promise<Evaluation> {
  if (!isLabelled(batch)) throw new Error(`${loss.name} is over triplets of one set.`);
  const constants = loss.constants(values);
  const groups = groupsOf(batch.labels);
  expectRoom(groups.entries, 1, BYTES_PER_ENTRY);
  const chooses = constants.mining === NEAREST_BEYOND || constants.mining === HARDEST;
  const gradient = options.gradient ?? false;
  const passes = 2 + Number(chooses) + Number(gradient);
  const slices = new Slices((passes * Math.ceil(rows / TILE) + 2) * rows, options);

  const program = await programs.take<TripletProgram>({
    kernelsKey: JSON.stringify([loss.kind, dimension, constants.distance === COSINE]),
    planKey: JSON.stringify([rows, gradient]),
    isShared: false,
    write: (relaxed) => writeTripletKernels(dimension, constants.distance === COSINE, relaxed),
    plan: () => planTriplets(rows, dimension, gradient),
  });
  open(program, batch.embeddings, Boolean(values.normalize));
  const panel = new Panel(program, constants.distance);
  const state: State = {
    rule: loss.rule,
    constants,
    labels: batch.labels,
    groups,
    panel,
    positives: new Float64Array(groups.entries),
    pulls: new Float64Array(groups.entries),
    choices: new Uint32Array(chooses ? groups.entries : 0).fill(NOBODY),
    losses: new Float64Array(rows),
    terms: new Float64Array(rows),
  };
  /** Fills one panel after the other, and lets every anchor visit it. */
  const stream = async (visit: Visit, pushes = false) => {
    for (const column of panel.ranges()) {
      for (const row of panel.ranges()) {
        panel.fill(row, column);
        if (slices.spend(0)) await slices.next();
      }
      for (let anchor = 0; anchor < rows; anchor++) {
        if (groups.size[anchor] > 1) visit(state, anchor, column.first, column.first + column.count);
        if (slices.spend(1)) await slices.next();
      }
      for (const row of pushes ? panel.ranges() : []) {
        panel.push(row, column);
        if (slices.spend(row.count)) await slices.next();
      }
    }
  };

  // By the same kernels as the negatives: what is equally far has to compare as equal.
  await stream(takePositives);
  if (chooses) await stream(chooser(state));
  await stream(await termsOf(state, slices), gradient);

  const count = state.terms.reduce((sum, value) => sum + value, 0);
  const mean = state.losses.reduce((sum, value) => sum + value, 0) / Math.max(1, count);
  const evaluation: Evaluation = { loss: mean, count };
  if (options.rowLosses) {
    evaluation.rowLosses = Float32Array.from(state.losses, (sum, row) => sum / Math.max(1, state.terms[row]));
  }
  if (gradient) {
    await pullPositives(program, state, slices);
    const embeddings = close(program, 1 / Math.max(1, count), Boolean(values.normalize));
    evaluation.gradient = { embeddings };
    evaluation.parameterGradients = {};
  }
  programs.giveBack(program);
  return evaluation;
}

function open({ kernels, memory, plan }: TripletProgram, embeddings: Float32Array, normalize: boolean): void {
  const { count, padded, dimension, vectors, norms, points, gathered, gradient } = plan;
  const floats = new Float32Array(memory.buffer);
  floats.set(embeddings, vectors / 4);
  floats.fill(0, vectors / 4 + count * dimension, vectors / 4 + padded * dimension);
  if (gradient) floats.fill(0, gathered / 4, gathered / 4 + padded * dimension);
  if (normalize) kernels.normalize(vectors, padded, norms);
  kernels.layOut(vectors, padded / QUAD, points);
}

/** What was gathered times the weight, with respect to what was passed in. */
function close({ kernels, memory, plan }: TripletProgram, weight: number, normalize: boolean): Float32Array {
  const { count, padded, dimension, vectors, norms, gathered } = plan;
  new Float64Array(memory.buffer, plan.weight, 1)[0] = weight;
  if (normalize) kernels.giveBackNormalized(vectors, padded / QUAD, gathered, plan.weight, norms);
  else kernels.giveBack(vectors, padded / QUAD, gathered, plan.weight);
  return new Float32Array(memory.buffer, vectors, count * dimension).slice();
}

/** The distances of an anchor to those of its class that are columns of the panel. */
function takePositives(state: State, anchor: number, from: number, to: number): void {
  const { panel, positives } = state;
  const { first, size, members, start } = state.groups;
  const place = panel.placeOf(anchor);
  for (let other = 0; other < size[anchor]; other++) {
    const column = members[first[anchor] + other];
    if (column < from || column >= to) continue;
    positives[start[anchor] + other] = panel.distances[place + (column - from) * TILE];
  }
}

/** Adds what anchors and positives do to each other to what is gathered, which lies in quads. */
async function pullPositives({ memory, plan }: TripletProgram, state: State, slices: Slices): Promise<void> {
  const { dimension, padded } = plan;
  const { constants, positives, pulls } = state;
  const { first, size, members, rank, start } = state.groups;
  const vectors = new Float32Array(memory.buffer, plan.vectors, padded * dimension);
  const gathered = new Float32Array(memory.buffer, plan.gathered, padded * dimension);
  const quadOf = (point: number) => (point - (point % QUAD)) * dimension + (point % QUAD);
  const isCosine = constants.distance === COSINE;
  const sum = new Float64Array(dimension);
  for (let point = 0; point < plan.count; point++) {
    sum.fill(0);
    for (let other = 0; other < size[point]; other++) {
      const partner = members[first[point] + other];
      // As an anchor, and as the other's positive.
      const slope = pulls[start[point] + other] + pulls[start[partner] + rank[point]];
      const strength = strengthOf(constants.distance, slope, positives[start[point] + other]);
      if (strength === 0) continue;
      for (let k = 0; k < dimension; k++) {
        const own = isCosine ? 0 : vectors[point * dimension + k];
        const across = vectors[partner * dimension + k];
        sum[k] += strength * (isCosine ? across : own - across);
      }
    }
    const at = quadOf(point);
    for (let k = 0; k < dimension; k++) gathered[at + k * QUAD] += sum[k];
    if (slices.spend(1)) await slices.next();
  }
}
