import type { EvaluateOptions } from '../engine.ts';
import { totalCost, WorkCursor } from './work.ts';
import type { Work } from './work.ts';

/** Multiply-adds of the first slice: a fifth of a second on a software adapter, nothing on a real one. */
const FIRST_BUDGET = 2 ** 28;

/** Slices this long (milliseconds) leave room for others on the device, and are far below every watchdog. */
const SHORT = 40;
const LONG = 250;

/** Submits the works slice by slice, at most two in flight, sized by how long the last one took. */
export async function runInSlices(
  device: GPUDevice,
  works: readonly Work[],
  { signal, onProgress }: Pick<EvaluateOptions, 'signal' | 'onProgress'>,
): Promise<void> {
  const cursor = new WorkCursor(works);
  const total = totalCost(works);
  let budget = FIRST_BUDGET;
  let done = 0;
  let previous: Promise<void> = Promise.resolve();
  while (!cursor.finished) {
    const encoder = device.createCommandEncoder({ label: 'evaluate' });
    const spent = cursor.encode(encoder, budget);
    const submitted = performance.now();
    device.queue.submit([encoder.finish()]);
    if (cursor.finished) break;
    const current = device.queue.onSubmittedWorkDone();
    await previous;
    previous = current.then(() => {
      const elapsed = performance.now() - submitted;
      if (elapsed < SHORT) budget *= 2;
      else if (elapsed > LONG) budget = Math.max(FIRST_BUDGET / 16, budget * 0.7);
    });
    signal?.throwIfAborted();
    done += spent;
    onProgress?.(done / total);
  }
  await previous;
  signal?.throwIfAborted();
  onProgress?.(1);
}
