import datasetShader from '../../../shaders/dataset.wgsl?raw';
import { pairCount } from '../../data/dataset.ts';
import type { Dataset, DatasetKind } from '../../data/dataset.ts';
import { thingsOf } from '../../data/inputs.ts';
import { weightCount } from '../../engine/encoder.ts';
import { refuseBeyondLimits } from '../../engine/webgpu/memory.ts';
import { packUniform } from '../../engine/webgpu/wgsl.ts';
import { MEASURED } from '../metrics.ts';
import type { RunState, Start } from '../settings.ts';

/** As numbered in shaders/dataset.wgsl. */
const DATASETS: Record<DatasetKind, number> = { instances: 0, classes: 1, ring: 2 };

/** Coordinate axes of the display: three, whatever the dimension. */
export const SHOWN = 3;

/** The buffers that make up a run, whatever its loss: what a RunState is on the host, and what the picture needs. */
export interface RunMemory {
  points: GPUBuffer;
  /** The encoder's weights and, per point, the thing that its inputs are views of; next to nothing without an encoder. */
  weights: GPUBuffer;
  things: GPUBuffer;
  firstMoments: GPUBuffer;
  secondMoments: GPUBuffer;
  clock: GPUBuffer;
  origins: GPUBuffer;
  dataset: GPUBuffer;
  axes: GPUBuffer;
  images: GPUBuffer;
  positions: GPUBuffer;
  rowSums: GPUBuffer;
  pairDistances: GPUBuffer;
  report: GPUBuffer;
}

/**
 * Makes the buffers; the state of the run is still to be written into them.
 * @throws InputError when the points do not fit the device.
 */
export function createRunMemory(device: GPUDevice, { dataset, dimension, seed, encoder }: Start): RunMemory {
  const coordinates = 4 * dataset.points * dimension;
  refuseBeyondLimits(device, 'dataset.points', coordinates);
  const storage = (label: string, size: number) =>
    device.createBuffer({
      label: `run: ${label}`,
      size: Math.max(16, size),
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
  const shape = encoder && { ...encoder, outputs: dimension };
  const weights = shape ? 4 * weightCount(shape) : 0;
  const things = encoder ? 4 * dataset.points * encoder.inputs : 0;
  refuseBeyondLimits(device, 'dataset.points', things);
  const datasetUniform = packDataset(dataset, seed);
  const memory: RunMemory = {
    points: storage('points', coordinates),
    weights: storage('weights', weights),
    things: storage('things', things),
    firstMoments: storage('first moments', encoder ? weights : coordinates),
    secondMoments: storage('second moments', encoder ? weights : coordinates),
    clock: storage('clock', 8),
    origins: storage('origins', 8 * dataset.points),
    dataset: device.createBuffer({
      label: 'run: dataset',
      size: datasetUniform.byteLength,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    }),
    axes: storage('axes', 4 * SHOWN * dimension),
    images: storage('images', 4 * SHOWN * dimension),
    positions: storage('positions', 16 * dataset.points),
    rowSums: storage('row sums', 4 * MEASURED),
    pairDistances: storage('pair distances', 4 * MEASURED),
    report: storage('report', 32),
  };
  device.queue.writeBuffer(memory.dataset, 0, datasetUniform);
  return memory;
}

/** Puts a run into its memory. */
export function writeRunState(
  { queue }: GPUDevice,
  memory: RunMemory,
  { dataset, dimension, seed, encoder }: Start,
  state: RunState,
): void {
  const { weights = new Float32Array() } = state;
  const things = encoder ? thingsOf(dataset, encoder.inputs, seed) : new Float32Array();
  queue.writeBuffer(memory.points, 0, state.embeddings.slice());
  queue.writeBuffer(memory.weights, 0, weights.slice());
  queue.writeBuffer(memory.things, 0, things.slice());
  queue.writeBuffer(memory.firstMoments, 0, state.firstMoments.slice());
  queue.writeBuffer(memory.secondMoments, 0, state.secondMoments.slice());
  queue.writeBuffer(memory.clock, 0, Uint32Array.of(state.step, state.optimizerSteps));
  const axes = new Float32Array(SHOWN * dimension);
  for (let axis = 0; axis < Math.min(SHOWN, dimension); axis++) axes[axis * dimension + axis] = 1;
  queue.writeBuffer(memory.axes, 0, axes);
}

export function releaseRunMemory(memory: RunMemory): void {
  for (const buffer of Object.values(memory) as GPUBuffer[]) buffer.destroy();
}

/** The uniform `dataset` of shaders/dataset.wgsl. */
export function packDataset(dataset: Dataset, seed: number): ArrayBuffer {
  return packUniform(datasetShader, 'Dataset', {
    kind: DATASETS[dataset.kind],
    points: dataset.points,
    classes: dataset.classes,
    available: pairCount(dataset),
    seed,
  });
}
