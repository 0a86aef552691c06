/** Runs in the browser: our engines and the libraries that a user would pick, on the same task, one after the other. */
import { normals } from '../../../src/data/random.ts';
import type { Contender, Kind, Result, Task, Timing } from './contender.ts';
import { ours } from './ours.ts';

/** Before it is measured, a task is repeated for so long: browsers compile quick code only while slow code runs. */
const WARM_UP_MS = 1000;
/** And then until it has taken so long, or often enough. */
const REPEAT_MS = 6000;
const MOST_REPEATS = 11;
/** A first step that takes longer than this stands alone. */
const LONG_MS = 15_000;

const TEMPERATURE = 0.1;
const THREADS = Math.min(2, navigator.hardwareConcurrency);

/** Loaded one at a time, because each brings megabytes. */
const CONTENDERS: Record<string, () => Promise<Contender>> = {
  'ours, webgpu': async () => ours('webgpu'),
  'ours, cpu': async () => ours('cpu'),
  'jax-js webgpu': async () => (await import('./jax.ts')).jax('webgpu'),
  'jax-js wasm': async () => (await import('./jax.ts')).jax('wasm'),
  'TensorFlow.js webgpu': async () => (await import('./tensorflow.ts')).tensorflow('webgpu', THREADS),
  'TensorFlow.js wasm': async () => (await import('./tensorflow.ts')).tensorflow('wasm', THREADS),
  'ONNX Runtime webgpu': async () => (await import('./onnx.ts')).onnxRuntime('webgpu', THREADS),
  'ONNX Runtime wasm': async () => (await import('./onnx.ts')).onnxRuntime('wasm', THREADS),
};

let agreed: { key: string; result: Result } | undefined;

/** Milliseconds of each step, once it is warm where there is time for that. Ours on the CPU is to be asked first. */
export async function timesOf(
  contender: string,
  kind: Kind,
  count: number,
  dimension: number,
): Promise<Timing> {
  const { name, prepare } = await CONTENDERS[contender]();
  const task = taskOf(kind, count, dimension);
  const step = await prepare(task);
  const milliseconds: number[] = [];
  let result: Result = { loss: NaN, gradients: [] };
  const timed = async () => {
    const begun = performance.now();
    result = await step();
    return performance.now() - begun;
  };
  const warm = performance.now() + WARM_UP_MS;
  const first = await timed();
  while (performance.now() < warm) await timed();
  const end = performance.now() + REPEAT_MS;
  if (first > LONG_MS) milliseconds.push(first);
  while (milliseconds.length === 0 || (performance.now() < end && milliseconds.length < MOST_REPEATS)) {
    milliseconds.push(await timed());
  }

  const key = `${kind} ${count} ${dimension}`;
  if (contender === 'ours, cpu') agreed = { key, result: result };
  if (agreed?.key !== key) throw new Error('Nothing to compare with yet.');
  return {
    name,
    milliseconds,
    loss: result.loss,
    gradientError: result.gradients.length > 0 ? difference(result, agreed.result) : undefined,
  };
}

function difference(one: Result, other: Result): number {
  let largest = 0;
  let error = 0;
  other.gradients.forEach((gradient, side) => {
    gradient.forEach((value, index) => {
      largest = Math.max(largest, Math.abs(value));
      // Written so that NaN counts as an error.
      const away = Math.abs(value - one.gradients[side][index]);
      if (!(away <= error)) error = away;
    });
  });
  return error / largest;
}

function taskOf(kind: Kind, count: number, dimension: number): Task {
  const queries = unitVectors(count, dimension, 1);
  const keys = kind === 'nt-xent' ? queries : unitVectors(count, dimension, 2);
  return { kind, count, dimension, temperature: TEMPERATURE, queries, keys };
}

function unitVectors(count: number, dimension: number, seed: number): Float32Array<ArrayBuffer> {
  const vectors = new Float32Array(normals(count * dimension, seed, 1));
  for (let start = 0; start < vectors.length; start += dimension) {
    const vector = vectors.subarray(start, start + dimension);
    const length = Math.hypot(...vector);
    vector.forEach((value, index) => (vector[index] = value / length));
  }
  return vectors;
}
