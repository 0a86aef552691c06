import { PassTimes } from './pass-times.ts';
import { submit } from './submit.ts';
import type { PassTimer } from './work.ts';

/** 'gpu': timestamps that the device takes around a pass. 'wall': from submitting to having been told of the end. */
export type Clock = 'gpu' | 'wall';

/** Browsers cut timestamps to multiples of this at most, in milliseconds. */
const TIMESTAMP_QUANTUM = 0.1;

/** Empty submissions from which the wall clock learns what it adds by itself. */
const EMPTY_SUBMISSIONS = 8;

/** Times submissions, one after the other. */
export interface Stopwatch {
  readonly clock: Clock;
  /** Milliseconds; times below it are not told apart. */
  readonly quantum: number;
  /**
   * Submits what is encoded, of one pass, and waits for it. Resolves to the milliseconds of the pass.
   * @throws Error when the device does not take the work.
   */
  time(encode: (encoder: GPUCommandEncoder, timer?: PassTimer) => void): Promise<number>;
  dispose(): void;
}

/** The best clock that the device has. */
export function createStopwatch(device: GPUDevice): Promise<Stopwatch> {
  return device.features.has('timestamp-query')
    ? Promise.resolve(timestampStopwatch(device))
    : wallStopwatch(device);
}

function timestampStopwatch(device: GPUDevice): Stopwatch {
  const times = new PassTimes(device, 1);
  return {
    clock: 'gpu',
    quantum: TIMESTAMP_QUANTUM,
    time: async (encode) => {
      const encoder = device.createCommandEncoder({ label: 'profile' });
      encode(encoder, times);
      times.resolve(encoder);
      await submit(device, encoder);
      const [{ begin, end }] = await times.read();
      return end - begin;
    },
    dispose: () => times.dispose(),
  };
}

/** What an empty submission takes is taken off; how much that varies is the quantum. */
async function wallStopwatch(device: GPUDevice): Promise<Stopwatch> {
  const elapsed = async (encode: (encoder: GPUCommandEncoder) => void) => {
    const encoder = device.createCommandEncoder({ label: 'profile' });
    encode(encoder);
    const begun = performance.now();
    await submit(device, encoder);
    await device.queue.onSubmittedWorkDone();
    return performance.now() - begun;
  };
  const empty: number[] = [];
  for (let round = 0; round < EMPTY_SUBMISSIONS; round++) empty.push(await elapsed(() => undefined));
  const least = Math.min(...empty);
  return {
    clock: 'wall',
    quantum: Math.max(TIMESTAMP_QUANTUM, Math.max(...empty) - least),
    time: async (encode) => Math.max(0, (await elapsed(encode)) - least),
    dispose: () => undefined,
  };
}
