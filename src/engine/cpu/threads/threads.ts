import type { EvaluateOptions } from '../../engine.ts';
import type { StreamedProgram } from '../programs.ts';
import type { Part } from '../work.ts';
import { Barrier } from './barrier.ts';
import type { FromThread, ToThread } from './messages.ts';

/** More would wait for memory, and leave none of a machine to others. */
const MOST_THREADS = 8;

/** Milliseconds between tellings of progress. */
const PROGRESS_INTERVAL = 50;

/** Workers that share the memory of an evaluation. They start with the first one that is worth it. */
export class Threads {
  readonly count: number;
  /** Why there are no threads any more, in words that follow "the others stopped:". */
  lost: string | undefined;
  private workers: Worker[] | undefined;
  private current: StreamedProgram | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private finish: (() => void) | undefined;
  private fail: ((reason: string) => void) | undefined;

  private constructor(count: number) {
    this.count = count;
  }

  /** Undefined where memory cannot be shared (the page is not cross-origin isolated), or there is one processor. */
  static create(): Threads | undefined {
    if (!globalThis.crossOriginIsolated || typeof Worker !== 'function') return undefined;
    const count = Math.min(navigator.hardwareConcurrency, MOST_THREADS);
    return count > 1 ? new Threads(count) : undefined;
  }

  /**
   * Runs a part of a program on all threads, one evaluation after another. False when a thread was lost: nothing came of it, and
   * `lost` says why. Rejects with the signal's reason once all threads have stopped.
   * @param cost what their steps are worth together, for progress.
   */
  run(program: StreamedProgram, part: Part, cost: number, options: EvaluateOptions): Promise<boolean> {
    const running = this.queue.then(() => this.runNow(program, part, cost, options));
    this.queue = running.catch(() => undefined);
    return running;
  }

  dispose(): void {
    this.lose('they were let go');
  }

  private async runNow(
    program: StreamedProgram,
    part: Part,
    cost: number,
    { signal, onProgress }: EvaluateOptions,
  ): Promise<boolean> {
    signal?.throwIfAborted();
    if (this.lost !== undefined) return false;
    const { memory, plan, module } = program;
    const barrier = new Barrier(memory, plan);
    barrier.reset();
    const finished = Array.from({ length: this.count }, (_, thread) => {
      const own = new Float64Array(memory.buffer, plan.finished + 64 * thread, 1);
      own[0] = 0;
      return own;
    });
    const progress =
      onProgress && (() => onProgress(Math.min(finished.reduce((sum, own) => sum + own[0], 0) / cost, 1)));
    const timer = progress && setInterval(progress, PROGRESS_INTERVAL);
    const stop = () => barrier.stop();
    signal?.addEventListener('abort', stop);
    try {
      const workers = (this.workers ??= this.start());
      const shared = this.current === program ? undefined : { module, memory, plan };
      this.current = program;
      await this.all(workers, part, shared);
    } catch (error) {
      this.lose(error instanceof Error ? error.message : String(error));
      return false;
    } finally {
      clearInterval(timer);
      signal?.removeEventListener('abort', stop);
    }
    signal?.throwIfAborted();
    onProgress?.(1);
    return true;
  }

  /** Resolves when every worker is done; rejects when one fails. */
  private all(workers: Worker[], part: Part, program: ToThread['program']): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = workers.length;
      this.fail = (reason) => reject(new Error(reason));
      this.finish = () => {
        if (--left === 0) resolve();
      };
      workers.forEach((worker, thread) => send(worker, { thread, part, program }));
    });
  }

  private start(): Worker[] {
    return Array.from({ length: this.count }, (_, thread) => {
      const name = `contrastive-playground thread ${thread + 1}`;
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name });
      worker.addEventListener('message', ({ data }: MessageEvent<FromThread>) => {
        if (data.type === 'failed') this.fail?.(data.reason);
        else this.finish?.();
      });
      worker.addEventListener('error', ({ message }) => this.fail?.(message || 'its script did not load'));
      return worker;
    });
  }

  private lose(reason: string): void {
    this.lost ??= reason;
    for (const worker of this.workers ?? []) worker.terminate();
    this.workers = undefined;
    this.current = undefined;
    this.fail?.(reason);
  }
}

function send(worker: Worker, message: ToThread): void {
  worker.postMessage(message, []);
}
