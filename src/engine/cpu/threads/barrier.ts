/** Where the threads of an evaluation wait for each other, and are told to stop: words of the memory that they share. */
import type { PairPlan } from '../pairs/plan.ts';

const ARRIVED = 0;
const GENERATION = 1;
const STOPPED = 2;
/** A word that stays 0. */
const NEVER = 3;

/** Looked at so often before a thread goes to sleep: it takes longer to be woken than most waits last. */
const LOOKS = 2000;

/** A sleeper looks by itself after so many milliseconds: it may have been told to stop just before it fell asleep. */
const NAP = 20;
const SHORT_NAP = 0.1;

export class Barrier {
  private readonly words: Int32Array;
  private readonly threads: number;
  private pauses = 0;

  constructor({ buffer }: WebAssembly.Memory, { control, threads }: PairPlan) {
    this.words = new Int32Array(buffer, control, 4);
    this.threads = threads;
  }

  /** Before an evaluation, while no thread is at work. */
  reset(): void {
    this.words.fill(0);
  }

  /** Makes all threads leave soon. */
  stop(): void {
    Atomics.store(this.words, STOPPED, 1);
    Atomics.notify(this.words, GENERATION);
  }

  get isStopped(): boolean {
    return Atomics.load(this.words, STOPPED) === 1;
  }

  /** To be called between two looks at what another thread is about to do: sleeps once looking has not helped. */
  pause(): void {
    if (++this.pauses % LOOKS === 0) Atomics.wait(this.words, NEVER, 0, SHORT_NAP);
  }

  /** Returns when all threads are here, or stopped. */
  wait(): void {
    const { words } = this;
    const generation = Atomics.load(words, GENERATION);
    if (Atomics.add(words, ARRIVED, 1) === this.threads - 1) {
      Atomics.store(words, ARRIVED, 0);
      Atomics.add(words, GENERATION, 1);
      Atomics.notify(words, GENERATION);
      return;
    }
    for (let look = 0; look < LOOKS; look++) if (Atomics.load(words, GENERATION) !== generation) return;
    while (!this.isStopped && Atomics.load(words, GENERATION) === generation) {
      Atomics.wait(words, GENERATION, generation, NAP);
    }
  }
}
