/** Runs in the browser: the encoder's kernels against the reference. */
import { encode } from '../../src/engine/reference/encoder.ts';
import { weightCount } from '../../src/engine/encoder.ts';
import { createEncoderProgram } from '../../src/engine/webgpu/encoder-program.ts';
import { Readback } from '../../src/engine/webgpu/memory.ts';
import { requestGpu } from '../../src/engine/webgpu/request-gpu.ts';
import { WorkCursor } from '../../src/engine/webgpu/work.ts';
import { normals } from '../../src/data/random.ts';
import { furthest, inputsOf, weightsOf } from './encoder-cases.ts';
import type { EncoderCase } from './encoder-cases.ts';

export interface EncoderDifference {
  /** Largest differences, relative to the largest value. */
  embeddings: number;
  weightGradients: number;
  /** The padding of the embeddings was left as it was. */
  paddingKept: boolean;
  /** A second run gave other bits. */
  differs: boolean;
}

let opened: Promise<GPUDevice> | undefined;

function device(): Promise<GPUDevice> {
  opened ??= requestGpu('webgpu').then((gpu) => {
    if ('reason' in gpu) throw new Error(gpu.reason);
    return gpu.device;
  });
  return opened;
}

/** A batch whose row `paddingRow` is nobody's, there and back, twice. */
export async function compare(example: EncoderCase, paddingRow: number): Promise<EncoderDifference> {
  const { shape, rows, onSphere } = example;
  const weights = weightsOf(shape);
  const inputs = inputsOf(example);
  const gradient = normals(rows * shape.outputs, 3, 3);
  const padding = { start: paddingRow, end: paddingRow + 1 };
  const [first, second] = [
    await run(example, weights, inputs, gradient, padding),
    await run(example, weights, inputs, gradient, padding),
  ];

  const expected = encode(shape, weights, inputs, onSphere);
  const isPadding = (at: number) => Math.floor(at / shape.outputs) === paddingRow;
  const weightGradient = expected.backward(gradient.map((value, at) => (isPadding(at) ? 0 : value)));
  const kept = first.embeddings.filter((_, at) => isPadding(at));
  return {
    embeddings: furthest(
      first.embeddings.map((value, at) => (isPadding(at) ? expected.embeddings[at] : value)),
      expected.embeddings,
    ),
    weightGradients: furthest(first.weightGradients, weightGradient),
    paddingKept: kept.every((value) => value === 7),
    differs: furthest(first.weightGradients, second.weightGradients) !== 0,
  };
}

async function run(
  { shape, rows, onSphere }: EncoderCase,
  weights: Float32Array,
  inputs: Float32Array,
  gradient: Float32Array,
  padding: { start: number; end: number },
) {
  const gpu = await device();
  const filled = (label: string, contents: Float32Array) => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
    const buffer = gpu.createBuffer({ label, size: Math.max(16, contents.byteLength), usage });
    gpu.queue.writeBuffer(buffer, 0, contents.slice());
    return buffer;
  };
  const buffers = {
    weights: filled('weights', weights),
    embeddings: filled('embeddings', new Float32Array(rows * shape.outputs).fill(7)),
    gradients: filled('gradients', gradient),
  };
  const program = await createEncoderProgram(gpu, shape, { rows, padding }, buffers, 'rows');
  program.configure(onSphere);
  gpu.queue.writeBuffer(program.inputs, 0, inputs.slice());
  const encoder = gpu.createCommandEncoder({ label: 'encoder test' });
  new WorkCursor([...program.forward, ...program.backward], 'encoder').encode(encoder, Infinity);
  gpu.queue.submit([encoder.finish()]);
  const readback = new Readback(gpu);
  const regions = [readback.add(buffers.embeddings), readback.add(program.weightGradients)];
  const bytes = await readback.read();
  program.dispose();
  return {
    embeddings: new Float32Array(bytes, regions[0].offset, rows * shape.outputs),
    weightGradients: new Float32Array(bytes, regions[1].offset, weightCount(shape)),
  };
}
