import type { EvaluateOptions } from './engine.ts';

/** Short enough that a frame still fits beside a slice and the unit of work that ends it. */
const SLICE_MILLISECONDS = 5;

/**
 * Looking at the clock takes about as long as a small unit of work does. How long the next units will take is judged by
 * the last ones, and not trusted for long.
 */
const LOOK_MILLISECONDS = 0.2;
const MOST_UNSEEN = 8;

/**
 * Cuts long work on one thread into slices, with a turn of the event loop between them: the page stays alive, a
 * cancelled evaluation stops, progress is told.
 *
 *     for (const unit of work) { ...; if (slices.spend(1)) await slices.next(); }
 */
export class Slices {
  readonly #total: number;
  readonly #signal: AbortSignal | undefined;
  readonly #onProgress: ((fraction: number) => void) | undefined;
  #finished = 0;
  #began = performance.now();
  #finishedBefore = 0;
  #nextLook = 0;
  #unseen = 0;

  /** `total` units of work are to come. Throws the signal's reason if it is aborted already. */
  constructor(total: number, { signal, onProgress }: Pick<EvaluateOptions, 'signal' | 'onProgress'> = {}) {
    signal?.throwIfAborted();
    this.#total = total;
    this.#signal = signal;
    this.#onProgress = onProgress;
  }

  /** Counts units of work as finished. True when the slice is used up and `next` has to be awaited. */
  spend(units: number): boolean {
    this.#finished += units;
    if (units > 0 && this.#finished < this.#nextLook && ++this.#unseen < MOST_UNSEEN) return false;
    this.#unseen = 0;
    const milliseconds = performance.now() - this.#began;
    const rate = (this.#finished - this.#finishedBefore) / Math.max(milliseconds, LOOK_MILLISECONDS);
    this.#nextLook = this.#finished + rate * LOOK_MILLISECONDS;
    return milliseconds >= SLICE_MILLISECONDS;
  }

  /** Begins the next slice in a later task. Throws the signal's reason if it was aborted meanwhile. */
  async next(): Promise<void> {
    await laterTask();
    this.#signal?.throwIfAborted();
    this.#onProgress?.(Math.min(this.#finished / this.#total, 1));
    this.#began = performance.now();
    this.#finishedBefore = this.#finished;
  }
}

/** A message, because browsers delay nested timers by at least 4 ms, and by a second in hidden tabs. */
export function laterTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(undefined);
  });
}
