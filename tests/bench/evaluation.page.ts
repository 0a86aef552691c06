/** Runs in the browser: the engines without the app around them. */
import { requestGpu } from '../../src/engine/webgpu/request-gpu.ts';
import { createEngine } from '../../src/index.ts';
import type { Batch, Engine, LossSpec } from '../../src/index.ts';
import { countBuffers } from '../browser/gpu-memory.ts';
import { labelled, paired } from '../conformance/batches.ts';

export type Kind = 'nt-xent' | 'info-nce';

/** The defaults of the losses. */
const TEMPERATURES: Record<Kind, number> = { 'nt-xent': 0.5, 'info-nce': 0.1 };

/** Short cases first run for so long untimed: browsers compile again what runs often. */
const WARM_UP_MS = 300;
/** After that a case is repeated until it has taken so long. */
const REPEAT_MS = 2000;
const MOST_REPEATS = 9;
/** A first evaluation that takes longer than this stands alone. */
const LONG_MS = 7000;

const CHECKED_ROWS = 8;

const engines = new Map<'webgpu' | 'cpu', Promise<Engine>>();

/** Milliseconds of each evaluation with gradient, the first left out where there is time for others. */
export async function timesOf(
  backend: 'webgpu' | 'cpu',
  kind: Kind,
  count: number,
  dimension: number,
): Promise<number[]> {
  const opening = engines.get(backend) ?? createEngine({ backend });
  engines.set(backend, opening);
  const engine = await opening;
  const batch = batchFor(kind, count, dimension);
  const timed = async () => {
    const begun = performance.now();
    await engine.evaluate({ kind } as LossSpec, batch, { gradient: true });
    return performance.now() - begun;
  };
  const first = await timed();
  if (first > LONG_MS) return [first];
  const warm = performance.now() + WARM_UP_MS;
  while (performance.now() < warm) await timed();
  const times: number[] = [];
  const end = performance.now() + REPEAT_MS;
  while (times.length < MOST_REPEATS && (times.length === 0 || performance.now() < end)) {
    times.push(await timed());
  }
  return times;
}

export interface LargeEvaluation {
  peakBytes: number;
  milliseconds: number;
  /** The largest difference of a row's loss from float64, among a few rows. */
  rowError: number;
}

/** One evaluation with gradient, its memory counted and some of its rows computed again. */
export async function evaluateLarge(
  backend: 'webgpu' | 'cpu',
  kind: Kind,
  count: number,
  dimension: number,
): Promise<LargeEvaluation> {
  const gpu = backend === 'webgpu' ? await requestGpu('webgpu') : undefined;
  if (gpu && 'reason' in gpu) throw new Error(gpu.reason);
  const memory = gpu && countBuffers(gpu.device);
  const engine = await createEngine({ backend, device: gpu?.device });
  const batch = batchFor(kind, count, dimension);
  const begun = performance.now();
  const { rowLosses } = await engine.evaluate({ kind } as LossSpec, batch, {
    gradient: true,
    rowLosses: true,
  });
  const milliseconds = performance.now() - begun;
  const peakBytes = memory?.peak ?? engine.heldBytes ?? NaN;
  engine.dispose();
  gpu?.device.destroy();
  const errors = Array.from({ length: CHECKED_ROWS }, (_, index) => {
    const row = Math.floor((index * (count - 1)) / (CHECKED_ROWS - 1));
    return Math.abs(rowLosses![row] - rowLoss(batch, kind, row));
  });
  return { peakBytes, milliseconds, rowError: Math.max(...errors) };
}

export function batchFor(kind: Kind, count: number, dimension: number): Batch {
  return kind === 'info-nce'
    ? paired(count, dimension, 'random')
    : labelled('pairs', count / 2, dimension, 'random');
}

/** -log softmax of the row's one positive, in float64 from the definition. */
function rowLoss(batch: Batch, kind: Kind, row: number): number {
  const { dimension } = batch;
  const [queries, keys] =
    'embeddings' in batch ? [batch.embeddings, batch.embeddings] : [batch.queries, batch.keys];
  const count = keys.length / dimension;
  const isSelf = (column: number) => kind === 'nt-xent' && column === row;
  const positive = kind === 'nt-xent' ? (row + count / 2) % count : row;
  const vector = (from: Float32Array, index: number) =>
    from.subarray(index * dimension, (index + 1) * dimension);
  const query = vector(queries, row);
  const length = Math.hypot(...query);
  const logits = Float64Array.from({ length: count }, (_, column) => {
    const key = vector(keys, column);
    const product = query.reduce((sum, coordinate, axis) => sum + coordinate * key[axis], 0);
    return isSelf(column) ? -Infinity : product / (length * Math.hypot(...key) * TEMPERATURES[kind]);
  });
  const largest = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
  return largest + Math.log(sum) - logits[positive];
}
