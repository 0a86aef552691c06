/** Runs in the browser: the simulation's kernels against their TypeScript twins. */
import datasetShader from '../../shaders/dataset.wgsl?raw';
import randomShader from '../../shaders/random.wgsl?raw';
import { pairCount, pairOf } from '../../src/data/dataset.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { permute, random4 } from '../../src/data/random.ts';
import { createEngine } from '../../src/index.ts';
import { kernel } from '../../src/engine/webgpu/kernel.ts';
import { Readback } from '../../src/engine/webgpu/memory.ts';
import { requestGpu } from '../../src/engine/webgpu/request-gpu.ts';
import { packDataset } from '../../src/simulation/gpu/run-memory.ts';
import { createGpuSimulation } from '../../src/simulation/gpu-simulation.ts';
import { HostSimulation } from '../../src/simulation/host-simulation.ts';
import type { Hyperparameters, RunState, Start, Statistics } from '../../src/simulation/settings.ts';
import type { Simulation } from '../../src/simulation/simulation.ts';

/** Milliseconds after which a run that does not move has stopped. */
const PATIENCE = 40_000;

export interface Case {
  start: Start;
  hyperparameters: Hyperparameters;
}

/** Largest differences between a run on the GPU and the same run on the host. */
export interface Difference {
  embeddings: number;
  moments: number;
  /** 0 without an encoder. */
  weights: number;
  optimizerSteps: [number, number];
  statistics: [Statistics, Statistics];
  positions: number;
}

let opened: Promise<GPUDevice> | undefined;

function device(): Promise<GPUDevice> {
  opened ??= requestGpu('webgpu').then((gpu) => {
    if ('reason' in gpu) throw new Error(gpu.reason);
    return gpu.device;
  });
  return opened;
}

/** How many words of pcg4d, of the permutation and of the pairs of a dataset differ between WGSL and TypeScript. */
export async function differingBits(dataset: Dataset, seed: number, step: number): Promise<number> {
  const gpu = await device();
  const count = pairCount(dataset);
  const source = `${randomShader}\n${datasetShader}
    @group(0) @binding(0) var<uniform> dataset: Dataset;
    @group(0) @binding(1) var<storage, read_write> words: array<u32>;
    @compute @workgroup_size(64)
    fn draw(@builtin(global_invocation_id) invocation: vec3u) {
      let index = invocation.x;
      if (index >= ${count}u) { return; }
      let drawn = random4(vec4u(index, ${seed}u, ${step}u, 0xdeadbeefu));
      let pair = pairOf(index, ${step}u);
      words[7u * index] = drawn.x;
      words[7u * index + 1u] = drawn.y;
      words[7u * index + 2u] = drawn.z;
      words[7u * index + 3u] = drawn.w;
      words[7u * index + 4u] = permute(index, ${count}u, ${seed}u, ${step}u, BATCH_STREAM);
      words[7u * index + 5u] = pair.x;
      words[7u * index + 6u] = pair.y;
    }`;
  const draw = await kernel(gpu, { label: 'draw', source, entryPoint: 'draw' });
  const contents = packDataset(dataset, seed);
  const uniform = gpu.createBuffer({
    label: 'dataset',
    size: contents.byteLength,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  gpu.queue.writeBuffer(uniform, 0, contents);
  const words = gpu.createBuffer({
    label: 'words',
    size: 28 * count,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
  });
  const encoder = gpu.createCommandEncoder({ label: 'draw' });
  const pass = encoder.beginComputePass({ label: 'draw' });
  pass.setPipeline(draw.pipeline);
  pass.setBindGroup(0, draw.bind({ dataset: uniform, words }));
  pass.dispatchWorkgroups(Math.ceil(count / 64));
  pass.end();
  gpu.queue.submit([encoder.finish()]);
  const readback = new Readback(gpu);
  readback.add(words);
  const got = new Uint32Array(await readback.read(), 0, 7 * count);
  let differing = 0;
  for (let index = 0; index < count; index++) {
    const expected = [
      ...random4(index, seed, step, 0xdeadbeef),
      permute(index, count, seed, step, 2),
      ...pairOf(dataset, index, seed, step),
    ];
    expected.forEach((word, offset) => (differing += Number(got[7 * index + offset] !== word)));
  }
  return differing;
}

/** Takes the same steps on the GPU and on the host with the same kernels for the loss. */
export async function compare({ start, hyperparameters }: Case, steps: number): Promise<Difference> {
  const gpu = await device();
  const engine = await createEngine({ backend: 'webgpu', device: gpu });
  const simulation = await createGpuSimulation(gpu, start, hyperparameters);
  const host = new HostSimulation(engine, start, hyperparameters);
  try {
    await advanceTo(simulation, steps);
    const { stepsTaken } = simulation;
    while (host.stepsTaken < stepsTaken) await host.step();
    host.measure();
    const [state, expected] = [await simulation.snapshot(), host.snapshot()];
    const positions = new Float32Array(4 * start.dataset.points);
    host.project(positions);
    return {
      embeddings: furthest(state.embeddings, expected.embeddings),
      moments: Math.max(
        furthest(state.firstMoments, expected.firstMoments),
        furthest(state.secondMoments, expected.secondMoments),
      ),
      weights: furthest(state.weights ?? new Float32Array(), expected.weights ?? new Float32Array()),
      optimizerSteps: [state.optimizerSteps, expected.optimizerSteps],
      statistics: [await newestStatistics(simulation, stepsTaken), host.statistics!],
      positions: start.dimension > 3 ? 0 : furthest(await displayed(simulation), positions),
    };
  } finally {
    simulation.dispose();
    engine.dispose();
  }
}

/** Whether a run, and a run handed over in the middle and configured on the way, come out the same bit for bit. */
export async function isReproducible({ start, hyperparameters }: Case, steps: number): Promise<boolean> {
  const gpu = await device();
  const whole = await createGpuSimulation(gpu, start, hyperparameters);
  await advanceTo(whole, steps);
  const half = await createGpuSimulation(gpu, start, hyperparameters);
  await advanceTo(half, Math.floor(steps / 2));
  const resumed = await createGpuSimulation(gpu, start, hyperparameters, await half.snapshot());
  resumed.configure({ ...hyperparameters });
  while (resumed.stepsTaken !== whole.stepsTaken) {
    await advanceTo(resumed, whole.stepsTaken);
    await advanceTo(whole, resumed.stepsTaken);
  }
  const [a, b]: RunState[] = [await whole.snapshot(), await resumed.snapshot()];
  for (const simulation of [whole, half, resumed]) simulation.dispose();
  return (
    a.step === b.step &&
    a.optimizerSteps === b.optimizerSteps &&
    furthest(a.embeddings, b.embeddings) === 0 &&
    furthest(a.weights ?? a.embeddings, b.weights ?? b.embeddings) === 0 &&
    furthest(a.firstMoments, b.firstMoments) === 0 &&
    furthest(a.secondMoments, b.secondMoments) === 0
  );
}

/** Moves to another loss and batch size in the middle of a run; returns whether it went on, and whether all points are finite. */
export async function respecialize(
  { start, hyperparameters }: Case,
  next: Hyperparameters,
): Promise<[boolean, boolean]> {
  const simulation = await createGpuSimulation(await device(), start, hyperparameters);
  await advanceTo(simulation, 2);
  simulation.configure(next);
  await advanceTo(simulation, 6);
  const { embeddings, step } = await simulation.snapshot();
  simulation.dispose();
  return [step >= 6, embeddings.every(Number.isFinite)];
}

/** Puts a point somewhere and reads where it is drawn. */
export async function placed(
  { start, hyperparameters }: Case,
  position: [number, number, number],
): Promise<number[]> {
  const simulation = await createGpuSimulation(await device(), start, hyperparameters);
  simulation.place(1, ...position);
  const positions = await displayed(simulation);
  simulation.dispose();
  return Array.from(positions.subarray(4, 8));
}

/** At least so many steps: one that was under way when the last was asked for is taken on top. */
/** Milliseconds without progress after which a grant is taken to be forgotten. */
const FORGOTTEN = 2000;

/** Takes exactly so many steps: the next is granted once the last is taken, or a busy machine would take two at once. */
async function advanceTo(simulation: Simulation, steps: number): Promise<void> {
  let failure: string | undefined;
  simulation.onFailure = (reason) => (failure = reason);
  const begun = performance.now();
  let target = simulation.stepsTaken;
  let granted = begun;
  while (simulation.stepsTaken < steps) {
    if (failure) throw new Error(failure);
    const now = performance.now();
    if (now - begun > PATIENCE) throw new Error(`The run stands at step ${simulation.stepsTaken}.`);
    const isDue = simulation.stepsTaken === target || now - granted > FORGOTTEN;
    if (isDue) {
      target = simulation.stepsTaken + 1;
      granted = now;
    }
    simulation.advance(isDue ? 1 : 0);
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
}

async function newestStatistics(simulation: Simulation, step: number): Promise<Statistics> {
  const begun = performance.now();
  while (simulation.statistics?.step !== step) {
    if (performance.now() - begun > PATIENCE)
      throw new Error(`Told of step ${simulation.statistics?.step} last.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return simulation.statistics;
}

async function displayed(simulation: Simulation): Promise<Float32Array> {
  const { positions } = simulation;
  if (positions.on !== 'gpu') throw new Error('The positions are not on the GPU.');
  const readback = new Readback(positions.device);
  readback.add(positions.buffer);
  return new Float32Array(await readback.read());
}

function furthest(a: Float32Array, b: Float32Array): number {
  let largest = a.length === b.length ? 0 : Infinity;
  for (let index = 0; index < a.length; index++) {
    const difference = Math.abs(a[index] - b[index]);
    largest = difference <= largest ? largest : difference;
  }
  return largest;
}
