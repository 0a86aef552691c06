/** Runs in the browser: a run on the GPU that is hurried, moved by hand, starved of memory or ended. */
import { pairCount, pairOf } from '../../src/data/dataset.ts';
import { requestGpu } from '../../src/engine/webgpu/request-gpu.ts';
import { createGpuSimulation } from '../../src/simulation/gpu-simulation.ts';
import * as metrics from '../../src/simulation/metrics.ts';
import type { Hyperparameters, Start, Statistics } from '../../src/simulation/settings.ts';
import type { Simulation } from '../../src/simulation/simulation.ts';

type Metrics = Pick<Statistics, 'alignment' | 'uniformity' | 'radius'>;

const start: Start = { seed: 3, dimension: 3, dataset: { kind: 'instances', points: 64, classes: 1 } };

const hyperparameters: Hyperparameters = {
  loss: { kind: 'nt-xent' },
  batchPairs: 8,
  geometry: 'sphere',
  optimizer: 'adam',
  learningRate: 0.03,
};

let opened: Promise<GPUDevice> | undefined;

function device(): Promise<GPUDevice> {
  opened ??= requestGpu('webgpu').then((gpu) => {
    if ('reason' in gpu) throw new Error(gpu.reason);
    return gpu.device;
  });
  return opened;
}

const open = async (of = start) => createGpuSimulation(await device(), of, hyperparameters);

const later = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Plays like a page does, for at least so many steps. */
async function play(simulation: Simulation, steps: number, perFrame = 1): Promise<void> {
  const until = simulation.stepsTaken + steps;
  while (simulation.stepsTaken < until) {
    simulation.advance(perFrame);
    await later(4);
  }
}

async function untilReported(simulation: Simulation): Promise<Statistics> {
  while (simulation.statistics?.step !== simulation.stepsTaken) await later(10);
  return simulation.statistics;
}

/** The anchors of the batch after the batch size went up and back before a program for it was there. */
export async function anchorsAfterChangingBack(): Promise<number> {
  const simulation = await open();
  simulation.configure({ ...hyperparameters, batchPairs: 16 });
  simulation.configure(hyperparameters);
  await later(200);
  await play(simulation, 3);
  const { count } = await untilReported(simulation);
  simulation.dispose();
  return count;
}

/** How many anchors the reports tell of while batch sizes change under reports that are still due. */
export async function anchorsWhileChanging(): Promise<number[]> {
  const simulation = await open();
  await play(simulation, 1);
  const counts = new Set([(await untilReported(simulation)).count]);
  for (let change = 1; change <= 6; change++) {
    await play(simulation, 3, 8);
    simulation.configure({ ...hyperparameters, batchPairs: 8 + (change % 2) });
    for (let look = 0; look < 20; look++) {
      await later(10);
      counts.add(simulation.statistics!.count);
    }
  }
  simulation.dispose();
  return [...counts];
}

/** Steps of the optimizer, and the longest moment, in a copy taken after another optimizer was chosen. */
export async function momentsAfterAnotherOptimizer(): Promise<[number, number]> {
  const simulation = await open();
  await play(simulation, 5);
  simulation.configure({ ...hyperparameters, optimizer: 'momentum' });
  simulation.configure(hyperparameters);
  const { optimizerSteps, firstMoments, secondMoments } = await simulation.snapshot();
  simulation.dispose();
  return [optimizerSteps, Math.max(...firstMoments.map(Math.abs), ...secondMoments)];
}

/** The metrics of a run that paused after quick steps and had a point moved, and those of a copy of its points. */
export async function metricsAtRest(): Promise<[Metrics, Metrics]> {
  const simulation = await open();
  await play(simulation, 60, 8);
  simulation.place(1, 1, 1, 1);
  await later(800);
  const { embeddings, step } = await simulation.snapshot();
  const { alignment, uniformity, radius } = await untilReported(simulation);
  simulation.dispose();
  const pairs = Array.from({ length: pairCount(start.dataset) }, (_, pair) =>
    pairOf(start.dataset, pair, start.seed, step),
  );
  return [
    { alignment, uniformity, radius },
    {
      alignment: metrics.alignment(embeddings, start.dimension, pairs),
      uniformity: metrics.uniformity(embeddings, start.dimension),
      radius: metrics.radius(embeddings, start.dimension),
    },
  ];
}

/** The greatest coordinate of a run in the plane, some of whose points a hand put where there is no place. */
export async function farthestAfterWildHands(): Promise<number> {
  const simulation = await createGpuSimulation(await device(), start, {
    ...hyperparameters,
    geometry: 'plane',
  });
  const wild = [NaN, Infinity, 1e300, -1e39];
  wild.forEach((x, point) => simulation.place(point, x, 0, 0));
  simulation.place(start.dataset.points, 1, 1, 1);
  simulation.place(-1, 1, 1, 1);
  await play(simulation, 3);
  const { embeddings } = await simulation.snapshot();
  simulation.dispose();
  return embeddings.reduce((greatest, x) => (Math.abs(x) <= greatest ? greatest : Math.abs(x)), 0);
}

/** What a copy of a run says that was disposed of. */
export async function copyAfterDisposal(): Promise<string> {
  const simulation = await open();
  simulation.dispose();
  return simulation.snapshot().then(
    ({ step }) => `step ${step}`,
    (error: unknown) => String(error),
  );
}

/** How a device of its own behaves while it is interfered with. */
async function withDevice<Result>(use: (device: GPUDevice) => Promise<Result>): Promise<Result> {
  const gpu = await requestGpu('webgpu');
  if ('reason' in gpu) throw new Error(gpu.reason);
  gpu.device.addEventListener('uncapturederror', (event) => event.stopImmediatePropagation());
  const result = await use(gpu.device);
  gpu.device.destroy();
  return result;
}

/** How many buffers are left of runs that could not begin: a shader that does not compile, a batch beyond the device. */
export function buffersLeft(): Promise<number> {
  return withDevice(async (gpu) => {
    const alive = new Set<GPUBuffer>();
    const createBuffer = gpu.createBuffer.bind(gpu);
    gpu.createBuffer = (descriptor) => {
      const buffer = createBuffer(descriptor);
      const destroy = buffer.destroy.bind(buffer);
      alive.add(buffer);
      buffer.destroy = () => {
        alive.delete(buffer);
        return destroy();
      };
      return buffer;
    };
    const createShaderModule = gpu.createShaderModule.bind(gpu);
    gpu.createShaderModule = (descriptor) =>
      createShaderModule(
        descriptor.label === 'optimizer' ? { ...descriptor, code: 'not a shader' } : descriptor,
      );
    const beyond: Start = { seed: 1, dimension: 512, dataset: { kind: 'ring', points: 2 ** 22, classes: 1 } };
    const state = {
      step: 0,
      optimizerSteps: 0,
      embeddings: new Float32Array(),
      firstMoments: new Float32Array(),
      secondMoments: new Float32Array(),
    };
    const failures = await Promise.allSettled([
      createGpuSimulation(gpu, start, hyperparameters),
      createGpuSimulation(gpu, beyond, hyperparameters, state),
    ]);
    if (failures.some(({ status }) => status === 'fulfilled')) throw new Error('A run began.');
    await later(500);
    return alive.size;
  });
}

/** What a run says whose measurements do not compile, which it is told of once it has begun. */
export function failureOfMeasurement(): Promise<string> {
  return withDevice(async (gpu) => {
    const createShaderModule = gpu.createShaderModule.bind(gpu);
    gpu.createShaderModule = (descriptor) =>
      createShaderModule(
        descriptor.label === 'uniformity' ? { ...descriptor, code: 'not a shader' } : descriptor,
      );
    return failureOf(await createGpuSimulation(gpu, start, hyperparameters));
  });
}

/** Whether a run reports the step that was taken before its measurements were compiled, though it then rests. */
export function reportOfAnEarlyStep(): Promise<number> {
  return withDevice(async (gpu) => {
    const simulation = await createGpuSimulation(gpu, start, hyperparameters);
    simulation.advance(1);
    const early = simulation.stepsTaken === 1 && simulation.statistics === undefined;
    const { step } = await untilReported(simulation);
    simulation.dispose();
    return early ? step : NaN;
  });
}

/** What a run says that finds no memory for the buffer with this label. */
export function failureWithoutMemory(label: string): Promise<string> {
  return withDevice(async (gpu) => {
    const createBuffer = gpu.createBuffer.bind(gpu);
    gpu.createBuffer = (descriptor) =>
      createBuffer(descriptor.label?.startsWith(label) ? { ...descriptor, size: 2 ** 50 } : descriptor);
    return failureOf(await createGpuSimulation(gpu, start, hyperparameters));
  });
}

/** What a run says whose device is lost before it is there, and in the middle. */
export async function failuresWithoutDevice(): Promise<string[]> {
  const early = await withDevice((gpu) => {
    const opening = createGpuSimulation(gpu, start, hyperparameters);
    gpu.destroy();
    return opening.then(failureOf, (error: Error) => error.message);
  });
  const late = await withDevice(async (gpu) => {
    const simulation = await createGpuSimulation(gpu, start, hyperparameters);
    await play(simulation, 2);
    gpu.destroy();
    return failureOf(simulation);
  });
  return [early, late];
}

/** The reason that a run gives for its failure while it is played, or 'none' within twenty seconds. */
async function failureOf(simulation: Simulation): Promise<string> {
  const failed = new Promise<string>((resolve) => (simulation.onFailure = resolve));
  const frames = setInterval(() => simulation.advance(1), 10);
  const reason = await Promise.race([failed, later(20_000).then(() => 'none')]);
  clearInterval(frames);
  simulation.dispose();
  return reason;
}
