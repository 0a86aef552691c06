/** Runs in the browser: the CPU engine with threads. */
import { createEngine } from '../../../src/index.ts';
import type { Engine, Evaluation } from '../../../src/index.ts';
import { labelled } from '../../conformance/batches.ts';

const batch = labelled('pairs', 512, 32, 'random');
const spec = { kind: 'nt-xent' } as const;

async function summary(engine: Engine): Promise<{ description: string; loss: number }> {
  const { loss }: Evaluation = await engine.evaluate(spec, batch, { gradient: true });
  return { description: engine.description, loss };
}

/** An evaluation on all threads, and the same after another was stopped in the middle. */
export async function evaluateTwice() {
  const engine = await createEngine({ backend: 'cpu' });
  const first = await summary(engine);
  const controller = new AbortController();
  const long = labelled('pairs', 8192, 64, 'random');
  setTimeout(() => controller.abort(new Error('enough')), 60);
  const stopped = await engine.evaluate(spec, long, { gradient: true, signal: controller.signal }).then(
    () => 'finished',
    (error: Error) => error.message,
  );
  const second = await summary(engine);
  engine.dispose();
  return { first, stopped, second };
}

/** The same where the threads' script cannot be had. */
export async function evaluateWithoutScript() {
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor() {
      super(new URL('/missing.js', location.href), { type: 'module' });
    }
  };
  try {
    const engine = await createEngine({ backend: 'cpu' });
    const first = await summary(engine);
    const second = await summary(engine);
    engine.dispose();
    return { first, second };
  } finally {
    globalThis.Worker = Worker;
  }
}
