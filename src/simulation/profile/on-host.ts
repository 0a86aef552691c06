import { measureThreads } from '../../engine/cpu/threads/ceiling.ts';
import type { Engine } from '../../engine/engine.ts';
import { isLabelled } from '../../engine/engine.ts';
import { findLoss } from '../../losses/registry.ts';
import type { AnyLoss } from '../../losses/registry.ts';
import { HostSimulation } from '../host-simulation.ts';
import type { Profile, ProfiledKernel, ProfiledPart } from './profile.ts';
import type { Hyperparameters, RunState, Start } from '../settings.ts';

/** Every part is repeated for so long, in milliseconds, and at least so often. */
const LONG_ENOUGH = 400;
const LEAST_REPEATS = 3;

/** Floats of the streaming copy: beyond every cache. */
const COPIED = 2 ** 24;

/**
 * Measures the parts of a run on the host by wall time, on a copy of the run: the engine's evaluation and the rest of a
 * step, what measures it, and the picture; beside what the engine's threads could do.
 * @param state becomes the copy's own.
 * @throws InputError when the settings are bad.
 */
export async function profileOnHost(
  engine: Engine,
  start: Start,
  hyperparameters: Hyperparameters,
  state: RunState,
  onProgress: (fraction: number, label: string) => void,
): Promise<Profile> {
  onProgress(0, 'ceilings');
  const ceilings = {
    multiplyAdds: engine.backend === 'cpu' ? await measureThreads() : undefined,
    bytes: measureCopy(),
  };
  const noted: Evaluations = { times: [], multiplyAdds: 0, bytes: 0 };
  const simulation = new HostSimulation(watched(engine, noted), start, hyperparameters, state);
  const positions = new Float32Array(4 * start.dataset.points);
  const kernels: ProfiledKernel[] = [];
  const add = (
    part: ProfiledPart,
    label: string,
    times: readonly number[],
    { multiplyAdds, bytes } = { multiplyAdds: 0, bytes: 0 },
  ) =>
    kernels.push({
      label,
      part,
      clock: 'wall',
      milliseconds: times.toSorted((one, other) => one - other)[times.length >> 1],
      isBelowClock: false,
      repeats: times.length,
      multiplyAdds,
      bytes,
    });

  onProgress(0.2, 'step');
  await simulation.step();
  noted.times.length = 0;
  const steps = await repeated(() => simulation.step());
  const evaluations = noted.times.slice();
  if (evaluations.length > 0) add('step', 'loss and gradient', evaluations, noted);
  add(
    'step',
    'sample, model, optimizer',
    steps.map((time, index) => time - (evaluations[index] ?? 0)),
  );
  onProgress(0.7, 'metrics');
  add('metrics', 'alignment, uniformity', await repeated(() => simulation.measure()));
  onProgress(0.9, 'picture');
  add('picture', 'projection', await repeated(() => simulation.project(positions)));
  return { engine: engine.description, kernels, ceilings };
}

/** Milliseconds of each time through. */
async function repeated(act: () => unknown): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + LONG_ENOUGH;
  while (times.length < LEAST_REPEATS || performance.now() < end) {
    const begun = performance.now();
    await act();
    times.push(performance.now() - begun);
  }
  return times;
}

/** What was evaluated: the milliseconds of each time, and what the last one did. */
interface Evaluations {
  times: number[];
  multiplyAdds: number;
  bytes: number;
}

/** The same engine, whose evaluations are noted. */
function watched(engine: Engine, noted: Evaluations): Engine {
  const evaluate = engine.evaluate.bind(engine);
  engine.evaluate = async (spec, batch, options) => {
    const begun = performance.now();
    const result = await evaluate(spec, batch, options);
    noted.times.push(performance.now() - begun);
    const { dimension } = batch;
    const rows = (isLabelled(batch) ? batch.embeddings.length : batch.queries.length) / dimension;
    noted.multiplyAdds = multiplyAddsOf(findLoss(spec.kind), rows, dimension);
    // Points in, gradients out.
    noted.bytes = 8 * rows * dimension * (isLabelled(batch) ? 1 : 2);
    return result;
  };
  return engine;
}

/**
 * The multiply-adds that loss and gradient are made of, done the shortest way: similarities, and a gradient for each end
 * of every pair that has one; a set meets each pair once.
 */
function multiplyAddsOf(loss: AnyLoss | undefined, rows: number, dimension: number): number {
  switch (loss?.skeleton) {
    case 'pairs':
      if (loss.batch === 'labelled') return 2 * rows * rows * dimension;
      return (loss.anchors === 'both' ? 4 : 3) * rows * rows * dimension;
    case 'distances':
      if (loss.batch === 'labelled') return 2 * rows * rows * dimension;
      return loss.meetsOwnTower ? 4 * rows * rows * dimension : rows * dimension;
    case 'triplets':
      return 2 * rows * rows * dimension;
    case 'features':
      return (loss.rule.matrix === 'correlation' ? 3 : 4) * rows * dimension * dimension;
    default:
      return rows * dimension;
  }
}

/** Bytes per second, read and written, of one thread. */
function measureCopy(): number {
  const source = new Float32Array(COPIED).fill(1);
  const destination = new Float32Array(COPIED);
  let best = Infinity;
  for (let round = 0; round < 4; round++) {
    const begun = performance.now();
    destination.set(source);
    best = Math.min(best, performance.now() - begun);
  }
  return (1000 * (source.byteLength + destination.byteLength)) / best;
}
