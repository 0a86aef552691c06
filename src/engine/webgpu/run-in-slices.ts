import type { EvaluateOptions } from '../engine.ts';
import { submit } from './submit.ts';
import { totalCost, WorkCursor } from './work.ts';
import type { Work } from './work.ts';

/** Multiply-adds of the first slice: a fifth of a second on a software adapter, nothing on a real one. */
const FIRST_BUDGET = 2 ** 28;

/** Slices this long (milliseconds) leave room for others on the device, and are far below every watchdog. */
const SHORT = 40;
const LONG = 250;

/**
 * Submits the works slice by slice, at most two in flight, sized by how long the last one took.
 * @throws Error when the device does not take a slice, the signal's reason when it is aborted.
 */
export async function runInSlices(
  device: GPUDevice,
  works: readonly Work[],
  { signal, onProgress }: Pick<EvaluateOptions, 'signal' | 'onProgress'>,
): Promise<void> {
  const cursor = new WorkCursor(works, 'evaluate');
  const total = totalCost(works);
  let budget = FIRST_BUDGET;
  let finished = 0;
  let previous: Promise<unknown> = Promise.resolve();
  while (!cursor.finished) {
    const encoder = device.createCommandEncoder({ label: 'evaluate' });
    const spent = cursor.encode(encoder, budget);
    const begun = performance.now();
    const taken = submit(device, encoder);
    // Whoever reads the results waits for the last slice.
    const done = cursor.finished ? undefined : device.queue.onSubmittedWorkDone();
    const current = Promise.all([taken, done]).then(() => {
      const elapsed = performance.now() - begun;
      if (elapsed < SHORT) budget *= 2;
      else if (elapsed > LONG) budget = Math.max(FIRST_BUDGET / 16, budget * 0.7);
    });
    // It is awaited one slice later; or never, when that one is cancelled.
    current.catch(() => undefined);
    await previous;
    previous = current;
    signal?.throwIfAborted();
    finished += spent;
    if (!cursor.finished) onProgress?.(finished / total);
  }
  await previous;
  signal?.throwIfAborted();
  onProgress?.(1);
}
