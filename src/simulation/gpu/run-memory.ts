import datasetShader from '../../../shaders/dataset.wgsl?raw';
import { pairCount } from '../../data/dataset.ts';
import type { Dataset, DatasetKind } from '../../data/dataset.ts';
import { thingsOf } from '../../data/inputs.ts';
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
 * Makes the buffers and fills them with `state`.
 * @throws InputError when the points do not fit the device.
 */
export function createRunMemory(
  device: GPUDevice,
  { dataset, dimension, seed, encoder }: Start,
  state: RunState,
): RunMemory {
  const coordinates = 4 * dataset.points * dimension;
  refuseBeyondLimits(device, 'dataset.points', coordinates);
  const storage = (label: string, size: number) =>
    device.createBuffer({
      label: `run: ${label}`,
      size: Math.max(16, size),
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
  const { weights = new Float32Array() } = state;
  const things = encoder ? thingsOf(dataset, encoder.inputs, seed) : new Float32Array();
  refuseBeyondLimits(device, 'dataset.points', things.byteLength);
  const datasetUniform = packDataset(dataset, seed);
  const memory: RunMemory = {
    points: storage('points', coordinates),
    weights: storage('weights', weights.byteLength),
    things: storage('things', things.byteLength),
    firstMoments: storage('first moments', state.firstMoments.byteLength),
    secondMoments: storage('second moments', state.secondMoments.byteLength),
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
  const { queue } = device;
  queue.writeBuffer(memory.dataset, 0, datasetUniform);
  queue.writeBuffer(memory.points, 0, state.embeddings.slice());
  queue.writeBuffer(memory.weights, 0, weights.slice());
  queue.writeBuffer(memory.things, 0, things.slice());
  queue.writeBuffer(memory.firstMoments, 0, state.firstMoments.slice());
  queue.writeBuffer(memory.secondMoments, 0, state.secondMoments.slice());
  queue.writeBuffer(memory.clock, 0, Uint32Array.of(state.step, state.optimizerSteps));
  const axes = new Float32Array(SHOWN * dimension);
  for (let axis = 0; axis < Math.min(SHOWN, dimension); axis++) axes[axis * dimension + axis] = 1;
  queue.writeBuffer(memory.axes, 0, axes);
  return memory;
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
