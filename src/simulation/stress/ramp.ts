import { random4, unitInterval } from '../../data/random.ts';
import type { Batch, Engine } from '../../engine/engine.ts';
import { InputError } from '../../engine/input-error.ts';
import { laterTask } from '../../engine/slices.ts';
import type { BatchKind } from '../../losses/loss.ts';
import { findLoss } from '../../losses/registry.ts';
import type { LossSpec } from '../../losses/registry.ts';
import { batchOf } from '../batch.ts';

/** What is doubled from one measurement to the next, and what stays. */
export interface Ramp {
  loss: LossSpec;
  vary: 'points' | 'dimension';
  from: number;
  to: number;
  /** The dimension while points vary, the points while the dimension does. */
  fixed: number;
}

/** What a ramp may take; it ends before the measurement that would take more. */
export interface Budget {
  seconds: number;
  /** Of the engine's own memory. */
  bytes: number;
}

/** Loss and all gradients of one batch, measured. */
export interface Measured {
  points: number;
  dimension: number;
  /** Median of the rounds. */
  milliseconds: number;
  rounds: number;
  /** That the engine held for it; undefined where it does not tell. */
  bytes: number | undefined;
  loss: number;
}

export interface RampOptions {
  signal?: AbortSignal;
  onMeasured?: (measured: Measured) => void;
  /** Called when a size begins, and now and then between slices of long work. */
  onProgress?: (size: number, fraction: number) => void;
}

/**
 * Milliseconds over which each size is measured, in as many rounds as there is time for, or in one that takes longer: the
 * page draws what was measured before while the first of them run.
 */
const ENOUGH = 300;

/** Milliseconds of the smallest size before anything is measured: browsers compile kernels a second time while they run. */
const WARM_UP = 600;

/** The first evaluation of a size makes what it needs, kernels above all, which shows unless it takes this long (ms). */
const LONG = 5000;

/** Progress is told not more often than this (milliseconds): to show it takes time from what is measured. */
const TELL = 200;

/** Vectors of four that are drawn between two turns of the event loop. */
const DRAWN = 2 ** 15;

/** The sizes of a ramp, from its beginning, each twice the one before. */
export function sizesOf({ from, to }: Ramp): number[] {
  const sizes: number[] = [];
  for (let size = from; size <= to; size *= 2) sizes.push(size);
  return sizes;
}

/**
 * Measures the same work at growing sizes, and says in a sentence why it ended where it did.
 * @throws Error when the engine fails, the signal's reason when it is aborted.
 */
export async function climb(
  engine: Engine,
  ramp: Ramp,
  budget: Budget,
  { signal, onMeasured, onProgress }: RampOptions = {},
): Promise<string> {
  const kind = findLoss(ramp.loss.kind)?.batch ?? 'labelled';
  const growth = ramp.vary === 'points' ? 4 : 2;
  const begun = performance.now();
  let last: Measured | undefined;
  for (const size of sizesOf(ramp)) {
    const left = budget.seconds - (performance.now() - begun) / 1000;
    const points = ramp.vary === 'points' ? size : ramp.fixed;
    const dimension = ramp.vary === 'points' ? ramp.fixed : size;
    const name = `N = ${points.toLocaleString('en')}, d = ${dimension.toLocaleString('en')}`;
    const once = growth * (last?.milliseconds ?? 0);
    const needed = (once < LONG ? 2 * once : once) / 1000;
    if (needed > left) {
      return `The time is up: ${name} would take about ${needed.toFixed(1)} s, and ${Math.max(0, left).toFixed(1)} s of ${budget.seconds} s are left.`;
    }
    if (last?.bytes !== undefined && 2 * last.bytes > budget.bytes) {
      return `The memory is up: ${name} would take about ${mebibytes(2 * last.bytes)}, and ${mebibytes(budget.bytes)} may be taken.`;
    }
    try {
      let toldAt = -Infinity;
      const tell = (fraction: number) => {
        const now = performance.now();
        if (now - toldAt < TELL) return;
        toldAt = now;
        onProgress?.(size, fraction);
      };
      tell(0);
      const batch = await drawBatch(points, dimension, kind, signal);
      const warmUp = last ? 0 : Math.min(WARM_UP, 100 * budget.seconds);
      last = await measure(engine, ramp.loss, batch, points, warmUp, signal, tell);
    } catch (error) {
      if (error instanceof InputError) return `${name} is refused: ${error.message}.`;
      throw error;
    }
    onMeasured?.(last);
  }
  return 'The ramp went to its end.';
}

async function measure(
  engine: Engine,
  loss: LossSpec,
  batch: Batch,
  points: number,
  warmUp: number,
  signal: AbortSignal | undefined,
  onProgress: (fraction: number) => void,
): Promise<Measured> {
  const times: number[] = [];
  const evaluate = async () => {
    const begun = performance.now();
    const evaluation = await engine.evaluate(loss, batch, { gradient: true, signal, onProgress });
    times.push(performance.now() - begun);
    return evaluation;
  };
  const evaluation = await evaluate();
  if (times[0] < LONG) {
    const warmUntil = performance.now() + warmUp;
    while (performance.now() < warmUntil) await evaluate();
    times.length = 0;
    const begun = performance.now();
    do await evaluate();
    while (performance.now() - begun < ENOUGH);
  }
  return {
    points,
    dimension: batch.dimension,
    milliseconds: times.toSorted((one, other) => one - other)[times.length >> 1],
    rounds: times.length,
    bytes: engine.heldBytes,
    loss: evaluation.loss,
  };
}

/** Seeded points all over a cube, two of each label, without holding up whoever else has something to do. */
async function drawBatch(
  points: number,
  dimension: number,
  kind: BatchKind,
  signal: AbortSignal | undefined,
): Promise<Batch> {
  const rows = kind === 'paired' ? 2 * points : points;
  const values = new Float32Array(rows * dimension);
  for (let quad = 0; 4 * quad < values.length; quad++) {
    const words = random4(quad, 0, 0, 0x73747265);
    for (let lane = 0; lane < 4 && 4 * quad + lane < values.length; lane++) {
      values[4 * quad + lane] = 2 * unitInterval(words[lane]) - 1;
    }
    if (quad % DRAWN === DRAWN - 1) {
      await laterTask();
      signal?.throwIfAborted();
    }
  }
  const labels = Uint32Array.from({ length: rows }, (_, row) => row >> 1);
  return batchOf(values, dimension, labels, kind);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
