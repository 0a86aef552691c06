/** Runs in the browser: what the profiler finds, with timestamps and without. */
import { measureWorks } from '../../src/engine/webgpu/kernel-times.ts';
import type { KernelTime } from '../../src/engine/webgpu/kernel-times.ts';
import { requestGpu } from '../../src/engine/webgpu/request-gpu.ts';
import { createGpuSimulation } from '../../src/simulation/gpu-simulation.ts';
import { profileOnGpu } from '../../src/simulation/profile/on-gpu.ts';
import type { Profile } from '../../src/simulation/profile/profile.ts';
import type { Hyperparameters, Start } from '../../src/simulation/settings.ts';
import type { Span } from '../../src/simulation/trace.ts';

const start: Start = { seed: 3, dimension: 5, dataset: { kind: 'instances', points: 200, classes: 1 } };

const hyperparameters: Hyperparameters = {
  loss: { kind: 'nt-xent' },
  batchPairs: 100,
  geometry: 'sphere',
  optimizer: 'adam',
  learningRate: 0.03,
};

/** A device; without timestamps if so wished, even where the adapter has them. */
async function open(withTimestamps: boolean): Promise<GPUDevice> {
  if (!withTimestamps) {
    const adapter = await navigator.gpu.requestAdapter();
    return adapter!.requestDevice({ label: 'without timestamps' });
  }
  const gpu = await requestGpu('webgpu');
  if ('reason' in gpu) throw new Error(gpu.reason);
  return gpu.device;
}

export async function hasTimestamps(): Promise<boolean> {
  return (await open(true)).features.has('timestamp-query');
}

/** A profile of a run, and whether the run it was taken of is bit for bit where it was. */
export async function profile(withTimestamps: boolean): Promise<{ profile: Profile; untouched: boolean }> {
  const device = await open(withTimestamps);
  const simulation = await createGpuSimulation(device, start, hyperparameters);
  await play(
    () => simulation.advance(1),
    () => simulation.stepsTaken >= 3,
  );
  const before = await simulation.snapshot();
  const measured = await profileOnGpu(device, start, hyperparameters, before);
  const after = await simulation.snapshot();
  simulation.dispose();
  device.destroy();
  return { profile: measured, untouched: JSON.stringify(before) === JSON.stringify(after) };
}

/** What a profile that is cancelled at its third kernel ends with, and whether the run goes on from where it was. */
export async function cancelled(): Promise<{ reason: string; untouched: boolean; steps: number }> {
  const device = await open(true);
  const simulation = await createGpuSimulation(device, start, hyperparameters);
  const before = await simulation.snapshot();
  const cancelling = new AbortController();
  let begun = 0;
  const reason = await profileOnGpu(device, start, hyperparameters, before, {
    signal: cancelling.signal,
    onProgress: () => {
      if (++begun === 4) cancelling.abort(new Error('Enough.'));
    },
  }).then(
    () => 'It was not cancelled.',
    (error: Error) => error.message,
  );
  const after = await simulation.snapshot();
  await play(
    () => simulation.advance(1),
    () => simulation.stepsTaken >= 2,
  );
  const { step: steps } = await simulation.snapshot();
  simulation.dispose();
  device.destroy();
  return { reason, untouched: JSON.stringify(before) === JSON.stringify(after), steps };
}

/** Work that does nothing at all is below every clock; as often as it may be repeated. */
export async function emptyWork(withTimestamps: boolean): Promise<KernelTime> {
  const device = await open(withTimestamps);
  const nothing = {
    label: 'nothing',
    tiles: 1,
    tileCost: 1,
    multiplyAdds: 0,
    bytes: 0,
    dispatch: () => undefined,
  };
  const [time] = await measureWorks(device, [nothing]);
  device.destroy();
  return time;
}

/** What a run tells while it is traced, and how much it tells afterwards. */
export async function trace(
  withTimestamps: boolean,
): Promise<{ spans: Span[]; begun: number; ended: number; afterwards: number }> {
  const device = await open(withTimestamps);
  const simulation = await createGpuSimulation(device, start, hyperparameters);
  const spans: Span[] = [];
  const begun = performance.now();
  simulation.trace((told) => spans.push(...told));
  await play(
    () => simulation.advance(1),
    () => simulation.stepsTaken >= 5 && spans.length > 0,
  );
  simulation.trace(undefined);
  const ended = performance.now();
  const told = spans.length;
  await play(
    () => simulation.advance(1),
    () => simulation.stepsTaken >= 10,
  );
  simulation.dispose();
  device.destroy();
  return { spans: spans.slice(0, told), begun, ended, afterwards: spans.length - told };
}

async function play(advance: () => void, isEnough: () => boolean): Promise<void> {
  while (!isEnough()) {
    advance();
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
}
