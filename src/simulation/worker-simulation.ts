import type { Picture, ToPage, ToWorker } from './messages.ts';
import type { Hyperparameters, RunState, Start, Statistics } from './settings.ts';
import type { DisplayPositions, Simulation } from './simulation.ts';
import type { TraceListener } from './trace.ts';

/**
 * Milliseconds until a spare worker is started: from the first step of the first run, when the page has to come to rest,
 * and from the beginning of later ones.
 */
const FIRST_SPARE_DELAY = 500;
const SPARE_DELAY = 100;

/** A worker that has loaded its script and waits, so that the next run begins at once. */
let spare: Worker | undefined;
/** Whether any run of the page has moved. */
let hasMoved = false;

function startWorker(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
}

function takeWorker(): Worker {
  const worker = spare ?? startWorker();
  spare = undefined;
  return worker;
}

function keepSpare(): void {
  if (spare) return;
  const worker = startWorker();
  spare = worker;
  worker.addEventListener('error', () => {
    if (spare === worker) spare = undefined;
  });
}

/**
 * A run on the cpu or reference engine, in a worker of its own so that the page stays free.
 * @param state goes on from there instead of from the seeded start; it is copied.
 * @throws Error when the worker or its engine does not start.
 */
export function createWorkerSimulation(
  backend: 'cpu' | 'reference',
  start: Start,
  hyperparameters: Hyperparameters,
  state?: RunState,
): Promise<Simulation> {
  const worker = takeWorker();
  return new Promise((resolve, reject) => {
    const started = new AbortController();
    const fail = (reason: string) => {
      worker.terminate();
      reject(new Error(reason));
    };
    worker.addEventListener(
      'message',
      ({ data: message }: MessageEvent<ToPage>) => {
        if (message.type === 'failure') fail(message.reason);
        if (message.type !== 'ready') return;
        started.abort();
        resolve(new WorkerSimulation(worker, start, message.description, message.picture));
      },
      { signal: started.signal },
    );
    worker.addEventListener('error', ({ message }) => fail(describeCrash(message)), {
      signal: started.signal,
    });
    send(worker, {
      type: 'begin',
      backend,
      start,
      hyperparameters,
      state,
      timeOrigin: performance.timeOrigin,
    });
  });
}

class WorkerSimulation implements Simulation {
  readonly description: string;
  readonly start: Start;
  onFailure: ((reason: string) => void) | undefined;
  private readonly worker: Worker;
  private picture: Picture;
  private snapshots: { resolve: (state: RunState) => void; reject: (reason: Error) => void }[] = [];
  private listener: TraceListener | undefined;
  /** Why the worker is gone, once it is. */
  private ended: string | undefined;

  constructor(worker: Worker, start: Start, description: string, picture: Picture) {
    this.worker = worker;
    this.start = start;
    this.description = description;
    this.picture = picture;
    worker.addEventListener('message', ({ data }: MessageEvent<ToPage>) => this.receive(data));
    worker.addEventListener('error', ({ message }) => this.fail(describeCrash(message)));
    if (hasMoved) this.keepSpareIn(SPARE_DELAY);
  }

  get stepsTaken(): number {
    return this.picture.step;
  }

  get statistics(): Statistics | undefined {
    return this.picture.statistics;
  }

  /** The array is handed back to the worker when a newer picture comes: ask for it anew at every frame. */
  get positions(): DisplayPositions {
    return { on: 'cpu', array: this.picture.positions };
  }

  configure(hyperparameters: Hyperparameters): void {
    this.send({ type: 'configure', hyperparameters });
  }

  advance(steps: number): void {
    this.send({ type: 'advance', steps });
  }

  trace(listener: TraceListener | undefined): void {
    this.listener = listener;
    this.send({ type: 'trace', on: listener !== undefined });
  }

  place(point: number, x: number, y: number, z: number): void {
    this.send({ type: 'place', point, x, y, z });
  }

  snapshot(): Promise<RunState> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) {
        reject(new Error(this.ended));
        return;
      }
      this.snapshots.push({ resolve, reject });
      this.send({ type: 'snapshot' });
    });
  }

  dispose(): void {
    this.end('The run was disposed of.');
  }

  private keepSpareIn(milliseconds: number): void {
    setTimeout(() => this.ended === undefined && keepSpare(), milliseconds);
  }

  private receive(message: ToPage): void {
    switch (message.type) {
      case 'picture': {
        const { positions, step } = this.picture;
        if (!hasMoved && message.picture.step > step) {
          hasMoved = true;
          this.keepSpareIn(FIRST_SPARE_DELAY);
        }
        this.picture = message.picture;
        this.send({ type: 'recycle', positions }, [positions.buffer]);
        break;
      }
      case 'snapshot':
        this.snapshots.shift()?.resolve(message.state);
        break;
      case 'spans':
        this.listener?.(message.spans);
        break;
      case 'failure':
        this.fail(message.reason);
        break;
    }
  }

  private send(message: ToWorker, transfer: Transferable[] = []): void {
    if (this.ended === undefined) send(this.worker, message, transfer);
  }

  private fail(reason: string): void {
    if (this.ended !== undefined) return;
    this.end(reason);
    this.onFailure?.(reason);
  }

  private end(reason: string): void {
    if (this.ended !== undefined) return;
    this.ended = reason;
    this.worker.terminate();
    for (const { reject } of this.snapshots) reject(new Error(reason));
    this.snapshots = [];
  }
}

function send(worker: Worker, message: ToWorker, transfer: Transferable[] = []): void {
  worker.postMessage(message, transfer);
}

function describeCrash(message: string | undefined): string {
  return `The worker that computes the run stopped: ${message || 'its script did not load'}.`;
}
