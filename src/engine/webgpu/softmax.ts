import softmaxShader from '../../../shaders/softmax.wgsl?raw';
import { kernel } from './kernel.ts';
import { Readback } from './memory.ts';
import { submit } from './submit.ts';
import { packUniform } from './wgsl.ts';

/** The softmax of each row of logits / temperature; see shaders/softmax.wgsl. */
export async function softmaxRows(
  device: GPUDevice,
  logits: Float32Array,
  { rows, columns }: { rows: number; columns: number },
  temperature: number,
): Promise<Float32Array> {
  const softmax = await kernel(device, { label: 'softmax', source: softmaxShader, entryPoint: 'softmax' });
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const shape = packUniform(softmaxShader, 'Rows', { rows, columns, logitScale: 1 / temperature });
  const buffers = {
    shape: device.createBuffer({
      label: 'softmax shape',
      size: shape.byteLength,
      usage: GPUBufferUsage.UNIFORM | usage,
    }),
    logits: device.createBuffer({
      label: 'logits',
      size: logits.byteLength,
      usage: GPUBufferUsage.STORAGE | usage,
    }),
    probabilities: device.createBuffer({
      label: 'probabilities',
      size: logits.byteLength,
      usage: GPUBufferUsage.STORAGE | usage,
    }),
  };
  try {
    device.queue.writeBuffer(buffers.shape, 0, shape);
    device.queue.writeBuffer(buffers.logits, 0, logits.buffer, logits.byteOffset, logits.byteLength);
    const encoder = device.createCommandEncoder({ label: 'softmax' });
    const pass = encoder.beginComputePass({ label: 'softmax' });
    pass.setPipeline(softmax.pipeline);
    pass.setBindGroup(0, softmax.bind(buffers));
    pass.dispatchWorkgroups(Math.min(rows, 65535), Math.ceil(rows / 65535));
    pass.end();
    await submit(device, encoder);
    const readback = new Readback(device);
    const { offset, size } = readback.add(buffers.probabilities);
    return new Float32Array(await readback.read(), offset, size / 4);
  } finally {
    for (const buffer of Object.values(buffers)) buffer.destroy();
  }
}
