import type { ParameterValues } from '../../losses/loss.ts';
import type { AnyTripletLoss } from '../../losses/registry.ts';
import { COSINE, EUCLIDEAN, HARDEST, NEAREST_BEYOND } from '../../losses/triplet-rule.ts';
import type { Batch, EvaluateOptions, Evaluation } from '../engine.ts';
import { isLabelled } from '../engine.ts';
import { Slices } from '../slices.ts';
import { expectRoom } from '../stored-matrix.ts';
import { closeTowers, openTowers } from '../towers.ts';
import type { BatchLayout } from '../validate.ts';
import { groupsOf } from './groups.ts';

/** Negatives that are met at a time: their distances to all points make up a panel. */
const PANEL = 64;

/** Bytes kept for every ordered pair of one class: distance, pull and choice. */
const BYTES_PER_ENTRY = 8 + 8 + 4;

/** No negative. */
const NOBODY = 0xffffffff;

/**
 * The skeleton of triplets. What is kept is the distances within the classes, and a panel of the matrix of distances:
 * those of all points to PANEL negatives. Each panel meets every anchor with all of its positives, and is forgotten.
 * Memory grows with the sum of the classes' squares, time with points^2 x (dimension + positives of one anchor).
 * @throws InputError when the classes are too large for that, with the bytes wanted and the bytes there.
 */
export async function evaluateTriplets(
  loss: AnyTripletLoss,
  values: ParameterValues,
  { dimension, rows }: BatchLayout,
  batch: Batch,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { rule } = loss;
  const constants = loss.constants(values);
  const labels = isLabelled(batch) ? batch.labels : new Uint32Array();
  const { first, size, members, rank, start, entries } = groupsOf(labels);
  expectRoom(entries, 1, BYTES_PER_ENTRY);
  const chooses = constants.mining === NEAREST_BEYOND || constants.mining === HARDEST;
  const slices = new Slices(4 * rows + (chooses ? 2 : 1) * Math.ceil(rows / PANEL) * rows, options);

  const towers = await openTowers(batch, Boolean(values.normalize), slices);
  const { vectors, gradient } = towers.rows;
  const distance = (i: number, j: number) => {
    let sum = 0;
    for (let left = i * dimension, right = j * dimension, index = 0; index < dimension; index++) {
      const a = vectors[left + index];
      const b = vectors[right + index];
      sum += constants.distance === COSINE ? a * b : (a - b) * (a - b);
    }
    if (constants.distance === COSINE) return 1 - sum;
    return constants.distance === EUCLIDEAN ? Math.sqrt(sum) : sum;
  };
  /** Adds what a slope in the distance of i and j, d apart, does to both. */
  const pullApart = (i: number, j: number, d: number, slope: number) => {
    if (slope === 0 || (d === 0 && constants.distance === EUCLIDEAN)) return;
    const pull = constants.distance === EUCLIDEAN ? slope / d : 2 * slope;
    for (let left = i * dimension, right = j * dimension, index = 0; index < dimension; index++) {
      const a = vectors[left + index];
      const b = vectors[right + index];
      gradient[left + index] += constants.distance === COSINE ? -slope * b : pull * (a - b);
      gradient[right + index] += constants.distance === COSINE ? -slope * a : pull * (b - a);
    }
  };

  /** Of anchor and positive, at start[anchor] + rank[positive]: their distance, the slope in it, the chosen negative. */
  const positives = new Float64Array(entries);
  const positivePulls = new Float64Array(entries);
  const choices = new Uint32Array(chooses ? entries : 0).fill(NOBODY);
  for (let anchor = 0; anchor < rows; anchor++) {
    for (let other = 0; other < size[anchor]; other++) {
      positives[start[anchor] + other] = distance(anchor, members[first[anchor] + other]);
    }
    if (slices.spend(1)) await slices.next();
  }

  const panel = new Float64Array(rows * PANEL);
  const pulls = new Float64Array(options.gradient ? rows * PANEL : 0);
  /** Fills one panel after the other, and lets every anchor visit it. */
  const stream = async (
    visit: (anchor: number, from: number, to: number) => void,
    leave: (from: number, to: number) => void = () => undefined,
  ) => {
    for (let from = 0; from < rows; from += PANEL) {
      const to = Math.min(from + PANEL, rows);
      for (let point = 0; point < rows; point++) {
        for (let column = from; column < to; column++) {
          panel[point * PANEL + column - from] = distance(point, column);
        }
        if (point % PANEL === 0 && slices.spend(0)) await slices.next();
      }
      for (let anchor = 0; anchor < rows; anchor++) {
        if (size[anchor] > 1) visit(anchor, from, to);
        if (slices.spend(1)) await slices.next();
      }
      leave(from, to);
    }
  };

  if (chooses) {
    // The distances of what has been chosen so far; where it is not beyond the positive, nothing beyond has been met.
    const chosen = new Float64Array(entries).fill(-Infinity);
    const farthest = farthestPositives();
    await stream((anchor, from, to) => {
      for (let other = 0; other < size[anchor]; other++) {
        const entry = start[anchor] + other;
        const isHardest = constants.mining === HARDEST;
        if (other === rank[anchor] || (isHardest && other !== farthest[anchor])) continue;
        const reach = isHardest ? -Infinity : positives[entry];
        for (let column = from; column < to; column++) {
          if (labels[column] === labels[anchor]) continue;
          const d = panel[anchor * PANEL + column - from];
          const best = chosen[entry];
          if (d > reach ? !(best > reach) || d < best : !(best > reach) && d > best) {
            chosen[entry] = d;
            choices[entry] = column;
          }
        }
      }
    });
  }

  const losses = new Float64Array(rows);
  const terms = new Float64Array(rows);
  await stream(
    (anchor, from, to) => {
      for (let column = from; column < to; column++) {
        if (labels[column] === labels[anchor]) continue;
        const negative = panel[anchor * PANEL + column - from];
        for (let other = 0; other < size[anchor]; other++) {
          if (other === rank[anchor]) continue;
          const entry = start[anchor] + other;
          const isTerm = chooses
            ? choices[entry] === column
            : rule.selects(positives[entry], negative, constants);
          if (!isTerm) continue;
          const positive = members[first[anchor] + other];
          const swapped = panel[positive * PANEL + column - from];
          const swaps = constants.swap === 1 && swapped < negative;
          const lead = positives[entry] - (swaps ? swapped : negative);
          const slope = rule.slope(lead, constants);
          const isActive = slope > 0 || constants.soft === 1;
          if (isActive || !constants.activeOnly) terms[anchor]++;
          if (!isActive) continue;
          losses[anchor] += rule.term(lead, constants);
          if (!options.gradient) continue;
          positivePulls[entry] += slope;
          pulls[(swaps ? positive : anchor) * PANEL + column - from] -= slope;
        }
      }
    },
    (from, to) => {
      if (!options.gradient) return;
      for (let point = 0; point < rows; point++) {
        for (let column = from; column < to; column++) {
          const at = point * PANEL + column - from;
          pullApart(point, column, panel[at], pulls[at]);
        }
      }
      pulls.fill(0);
    },
  );

  const count = terms.reduce((sum, value) => sum + value, 0);
  const mean = losses.reduce((sum, value) => sum + value, 0) / Math.max(1, count);
  const evaluation: Evaluation = { loss: mean, count };
  if (options.rowLosses) {
    evaluation.rowLosses = Float32Array.from(losses, (sum, row) => sum / Math.max(1, terms[row]));
  }
  if (!options.gradient) return evaluation;
  for (let anchor = 0; anchor < rows; anchor++) {
    for (let other = 0; other < size[anchor]; other++) {
      const entry = start[anchor] + other;
      pullApart(anchor, members[first[anchor] + other], positives[entry], positivePulls[entry]);
    }
    if (slices.spend(1)) await slices.next();
  }
  evaluation.gradient = await closeTowers(batch, towers, 1 / Math.max(1, count), slices);
  evaluation.parameterGradients = {};
  return evaluation;

  /** The rank of each anchor's farthest positive. */
  function farthestPositives(): Uint32Array {
    return Uint32Array.from(size, (points, anchor) => {
      let best = NOBODY;
      for (let other = 0; other < points; other++) {
        if (other === rank[anchor]) continue;
        if (best === NOBODY || positives[start[anchor] + other] > positives[start[anchor] + best])
          best = other;
      }
      return best;
    });
  }
}
