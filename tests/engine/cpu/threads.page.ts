/** Runs in the browser: the CPU engine with threads. */
import { createEngine } from '../../../src/index.ts';
import type { Batch, Engine, Evaluation, LossSpec } from '../../../src/index.ts';
import { labelled, paired } from '../../conformance/batches.ts';
import { Checks } from '../../conformance/checks.ts';
import type { Report } from '../../conformance/checks.ts';
import { agreesWithReference } from '../../conformance/compare.ts';

const batch = labelled('pairs', 640, 32, 'random');
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

/** Large enough for threads (WORTH_THREADS of run.ts), and no multiple of anything. */
const SIZE = 611;
const DIMENSION = 33;
const REPEATS = 6;

/** What threads share in every way there is: right, and the same bits whoever did what. */
export async function sharesRightly(): Promise<Report> {
  const engine = await createEngine({ backend: 'cpu' });
  const checks = new Checks();
  const cases: [string, LossSpec, Batch][] = [
    ['one set', { kind: 'nt-xent' }, labelled('pairs', SIZE, DIMENSION, 'random')],
    ['one set, streamed twice', { kind: 'nt-xent' }, labelled('classes', SIZE, DIMENSION, 'random')],
    ['two towers of anchors', { kind: 'clip' }, paired(SIZE, DIMENSION, 'random')],
    ['panels', { kind: 'info-nce' }, paired(2 * SIZE, DIMENSION, 'random')],
    ['distances, one set', { kind: 'contrastive' }, labelled('classes', SIZE, DIMENSION, 'random')],
    ['distances, two towers', { kind: 'align-uniform' }, paired(SIZE, DIMENSION, 'random')],
    ['panels, extra negatives', { kind: 'info-nce' }, paired(SIZE, DIMENSION, 'random', SIZE)],
  ];
  for (const [name, of, shared] of cases) {
    checks.case = name;
    await agreesWithReference(checks, engine, of, shared);
    const results = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      results.push(await engine.evaluate(of, shared, { gradient: true }));
    }
    for (const { loss, gradient, parameterGradients } of results.slice(1)) {
      checks.same('loss', loss, results[0].loss);
      checks.same(
        'parameters',
        JSON.stringify(parameterGradients),
        JSON.stringify(results[0].parameterGradients),
      );
      const first = Object.values(results[0].gradient!);
      Object.values(gradient!).forEach((part, index) => checks.same('gradient', part, first[index]));
    }
  }
  engine.dispose();
  return { checks: checks.checks, failures: checks.failures };
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
