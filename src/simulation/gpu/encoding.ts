import viewsShader from '../../../shaders/encoder-views.wgsl?raw';
import randomShader from '../../../shaders/random.wgsl?raw';
import runStateShader from '../../../shaders/run-state.wgsl?raw';
import type { EncoderShape } from '../../engine/encoder.ts';
import { createEncoderProgram } from '../../engine/webgpu/encoder-program.ts';
import type { EncoderRows } from '../../engine/webgpu/encoder-program.ts';
import { kernel } from '../../engine/webgpu/kernel.ts';
import { packUniform } from '../../engine/webgpu/wgsl.ts';
import { wholeWork } from '../../engine/webgpu/work.ts';
import type { Work } from '../../engine/webgpu/work.ts';
import { augmentationOf } from '../settings.ts';
import type { Hyperparameters, Start } from '../settings.ts';
import type { RunMemory } from './run-memory.ts';

/** From points to embeddings through the encoder of a run, and back to the gradient of its weights. */
export interface Encoding {
  forward: readonly Work[];
  backward: readonly Work[];
  weightGradients: GPUBuffer;
  /** Live hyperparameters, for all work submitted from now on. */
  configure(hyperparameters: Hyperparameters): void;
  dispose(): void;
}

/** The embeddings of all points, as the picture shows them: brings `memory.points` up to date with the weights. */
export function encodeEveryPoint(
  device: GPUDevice,
  memory: RunMemory,
  start: Start,
  shape: EncoderShape,
): Promise<Encoding> {
  const rows = start.dataset.points;
  const whole = { rows, padding: { start: rows, end: rows } };
  return createEncoding(device, memory, start, shape, whole, { embeddings: memory.points }, true);
}

/** The embeddings of the batch that was drawn, and the way back. */
export function encodeBatch(
  device: GPUDevice,
  memory: RunMemory,
  start: Start,
  shape: EncoderShape,
  rows: EncoderRows,
  buffers: { embeddings: GPUBuffer; gradients: GPUBuffer },
): Promise<Encoding> {
  return createEncoding(device, memory, start, shape, rows, buffers, false);
}

async function createEncoding(
  device: GPUDevice,
  memory: RunMemory,
  { dataset, seed }: Start,
  shape: EncoderShape,
  rows: EncoderRows,
  buffers: { embeddings: GPUBuffer; gradients?: GPUBuffer },
  everyPoint: boolean,
): Promise<Encoding> {
  const drawViews = await kernel(device, {
    label: 'encoder views',
    source: [randomShader, runStateShader, viewsShader].join('\n'),
    entryPoint: 'drawViews',
    constants: { EVERY_POINT: Number(everyPoint) },
  });
  const argument = everyPoint ? 'dataset.points' : 'batchPairs';
  const program = await createEncoderProgram(
    device,
    shape,
    rows,
    { weights: memory.weights, ...buffers },
    argument,
  );
  const augmentation = device.createBuffer({
    label: 'augmentation',
    size: 32,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  const views = wholeWork(
    drawViews,
    { ...memory, augmentation, views: program.inputs },
    dataset.points,
    64,
    8 * rows.rows * shape.inputs,
  );
  return {
    forward: [views, ...program.forward],
    backward: program.backward,
    weightGradients: program.weightGradients,
    configure: (hyperparameters) => {
      const { noise, axes } = augmentationOf(hyperparameters);
      const values = { points: dataset.points, inputs: shape.inputs, axes, seed, noise };
      device.queue.writeBuffer(augmentation, 0, packUniform(viewsShader, 'Augmentation', values));
      program.configure(hyperparameters.geometry === 'sphere');
    },
    dispose: () => {
      program.dispose();
      augmentation.destroy();
    },
  };
}
