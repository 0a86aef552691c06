import { createStopwatch } from './stopwatch.ts';
import type { Clock, Stopwatch } from './stopwatch.ts';
import { WorkCursor } from './work.ts';
import type { Work } from './work.ts';

/** Multiply-adds of the first slice, and milliseconds that later ones are cut to. */
const FIRST_BUDGET = 2 ** 24;
const SLICE = 50;

/** A time of fewer quanta than these says little; one of so many is good to about a per cent. */
const LEAST_QUANTA = 10;
const ENOUGH_QUANTA = 100;

/** Longest that one measurement is drawn out by repeating, in milliseconds. */
const LONGEST_BATCH = 500;
const MOST_REPEATS = 4096;

/** Measurements that the median is taken of; work that takes longer than LONG milliseconds is measured once. */
const ROUNDS = 3;
const LONG = 200;

/** What one kernel takes, and what it does in that time. */
export interface KernelTime {
  label: string;
  clock: Clock;
  /** Median, of one time through. Where `isBelowClock`, an upper bound. */
  milliseconds: number;
  /** Even repeated it takes too little for the clock to tell. */
  isBelowClock: boolean;
  /** Times it was run in a row, to be well above what the clock can tell apart. */
  repeats: number;
  multiplyAdds: number;
  bytes: number;
}

export interface MeasureOptions {
  /** Aborting rejects with the signal's reason, between two slices. */
  signal?: AbortSignal;
  /** Called with the finished fraction, 0 to 1, and what is next. */
  onProgress?: (fraction: number, label: string) => void;
}

/**
 * Measures each work by itself, in order. Works may run many times over, so their results must not depend on how often.
 * Slices and batches stay short enough for whoever else draws with the device.
 * @throws Error when the device does not take the work, the signal's reason when it is aborted.
 */
export async function measureWorks(
  device: GPUDevice,
  works: readonly Work[],
  { signal, onProgress }: MeasureOptions = {},
): Promise<KernelTime[]> {
  const stopwatch = await createStopwatch(device);
  try {
    const measure = measurer(stopwatch, signal);
    const times: KernelTime[] = [];
    for (const [index, work] of works.entries()) {
      onProgress?.(index / works.length, work.label);
      times.push(await measure(work));
    }
    return times;
  } finally {
    stopwatch.dispose();
  }
}

function measurer(stopwatch: Stopwatch, signal: AbortSignal | undefined) {
  const { quantum, clock } = stopwatch;
  const enough = Math.min(ENOUGH_QUANTA * quantum, LONGEST_BATCH);
  let budget = FIRST_BUDGET;

  const time: Stopwatch['time'] = async (encode) => {
    signal?.throwIfAborted();
    const milliseconds = await stopwatch.time(encode);
    signal?.throwIfAborted();
    return milliseconds;
  };

  /** Once through, in slices whose length follows how long they take. */
  const once = async (work: Work) => {
    const cursor = new WorkCursor([work], 'profile');
    let sum = 0;
    while (!cursor.finished) {
      const milliseconds = await time((encoder, timer) => cursor.encode(encoder, budget, timer));
      sum += milliseconds;
      if (milliseconds < SLICE / 2) budget *= 2;
      else if (milliseconds > 2 * SLICE) budget = Math.max(FIRST_BUDGET, budget / 2);
    }
    return sum;
  };

  /** Many times in one pass. */
  const inRow = (work: Work, repeats: number) =>
    time((encoder, timer) => {
      const { label, tiles, dispatch } = work;
      encoder.pushDebugGroup('profile');
      const pass = encoder.beginComputePass({ label, timestampWrites: timer?.timestampWrites(label) });
      for (let repeat = 0; repeat < repeats; repeat++) dispatch(pass, 0, tiles);
      pass.end();
      encoder.popDebugGroup();
    });

  return async (work: Work): Promise<KernelTime> => {
    const { label, multiplyAdds, bytes } = work;
    let repeats = 1;
    let total = await once(work);
    while (total < enough && repeats < MOST_REPEATS) {
      const growth = Math.min(16, Math.max(2, (1.2 * enough) / total));
      repeats = Math.min(MOST_REPEATS, Math.ceil(growth * repeats));
      total = await inRow(work, repeats);
    }
    const totals = [total];
    for (let round = 1; round < (total < LONG ? ROUNDS : 1); round++) {
      totals.push(repeats === 1 ? await once(work) : await inRow(work, repeats));
    }
    const median = totals.toSorted((a, b) => a - b)[totals.length >> 1];
    const isBelowClock = median < LEAST_QUANTA * quantum;
    const milliseconds = (isBelowClock ? LEAST_QUANTA * quantum : median) / repeats;
    return { label, clock, milliseconds, isBelowClock, repeats, multiplyAdds, bytes };
  };
}
