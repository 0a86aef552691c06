/** Runs in the browser: what the engine says when its device goes away, or cannot hold or run what it was given. */
import type { PairedBatch } from '../../src/engine/engine.ts';
import { createEngine } from '../../src/index.ts';
import { Readback } from '../../src/engine/webgpu/memory.ts';
import { requestGpu } from '../../src/engine/webgpu/request-gpu.ts';

const spec = { kind: 'info-nce' } as const;

async function openDevice(): Promise<GPUDevice> {
  const gpu = await requestGpu('webgpu');
  if ('reason' in gpu) throw new Error(gpu.reason);
  return gpu.device;
}

function batch(rows: number, dimension = 16): PairedBatch {
  const vectors = (phase: number) =>
    Float32Array.from({ length: rows * dimension }, (_, index) => Math.sin(index + phase));
  return { dimension, queries: vectors(0), keys: vectors(0.5) };
}

/** 'loss ...' for a result, the error's message for a rejection, and 'never' for neither. */
async function outcome(work: Promise<{ loss: number }>): Promise<string> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const never = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('never'), 20_000);
  });
  const answered = work.then(
    ({ loss }) => `loss ${loss}`,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const said = await Promise.race([answered, never]);
  clearTimeout(timer);
  return said;
}

/** The device is destroyed when an evaluation has just begun, or has finished a slice; then another is asked for. */
export async function loseDevice(when: 'at once' | 'in the middle'): Promise<string[]> {
  const device = await openDevice();
  const engine = await createEngine({ backend: 'webgpu', device });
  const onProgress = () => device.destroy();
  const during =
    when === 'at once'
      ? outcome(engine.evaluate(spec, batch(64)))
      : outcome(engine.evaluate(spec, batch(8192), { onProgress }));
  if (when === 'at once') device.destroy();
  return [await during, await outcome(engine.evaluate(spec, batch(3)))];
}

/** Evaluations that run when, and are asked for after, the engine was disposed of. */
export async function disposeEngine(): Promise<string[]> {
  const engine = await createEngine({ backend: 'webgpu' });
  const during = outcome(engine.evaluate(spec, batch(2048)));
  engine.dispose();
  return [await during, await outcome(engine.evaluate(spec, batch(3)))];
}

/**
 * What an evaluation says when the device has no memory for the buffer with each of these labels in turn, and what the
 * same says once there is memory again.
 */
export async function runOutOfMemory(labels: string[]): Promise<{ without: string; again: string }[]> {
  const device = await openDevice();
  device.addEventListener('uncapturederror', (event) => event.stopImmediatePropagation());
  const createBuffer = device.createBuffer.bind(device);
  const said: { without: string; again: string }[] = [];
  const engine = await createEngine({ backend: 'webgpu', device });
  for (const [index, label] of labels.entries()) {
    const evaluate = () => outcome(engine.evaluate(spec, batch(65 + index), { gradient: true }));
    device.createBuffer = (descriptor) =>
      createBuffer(descriptor.label?.startsWith(label) ? { ...descriptor, size: 2 ** 50 } : descriptor);
    const without = await evaluate();
    device.createBuffer = createBuffer;
    said.push({ without, again: await evaluate() });
  }
  engine.dispose();
  device.destroy();
  return said;
}

/** How many GPU buffers are left alive by evaluations that were running when the engine was disposed of. */
export async function buffersLeft(): Promise<number> {
  const device = await openDevice();
  let alive = 0;
  const createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = createBuffer(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    alive++;
    buffer.destroy = () => {
      alive--;
      return destroy();
    };
    return buffer;
  };
  const engine = await createEngine({ backend: 'webgpu', device });
  await engine.evaluate(spec, batch(64));
  const running = Promise.allSettled([3, 64, 65].map((rows) => engine.evaluate(spec, batch(rows))));
  engine.dispose();
  await running;
  device.destroy();
  return alive;
}

/** What the engine says to a matrix with more columns than the device has workgroups for. */
export async function matrixTooWide(): Promise<string> {
  const engine = await createEngine({ backend: 'webgpu' });
  const one = Float32Array.of(1);
  const negatives = new Float32Array(16 * 65_535).fill(1);
  const work = engine.similarity({ dimension: 1, queries: one, keys: one, negatives });
  const said = await outcome(work.then((matrix) => ({ loss: matrix[matrix.length - 1] })));
  engine.dispose();
  return said;
}

/** Three buffers of ascending numbers as they are read by a device that gives no staging buffer above so many bytes. */
export async function numbersReadWithin(maxBufferSize: number): Promise<number[]> {
  const device = await openDevice();
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const readback = new Readback(device);
  const regions = [1, 50, 13].map((length, index) => {
    const buffer = device.createBuffer({ label: 'numbers', size: 4 * length, usage });
    device.queue.writeBuffer(
      buffer,
      0,
      Float32Array.from({ length }, (_, at) => 100 * index + at),
    );
    return readback.add(buffer);
  });
  const createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) =>
    createBuffer(descriptor.size > maxBufferSize ? { ...descriptor, size: 2 ** 50 } : descriptor);
  Object.defineProperty(device, 'limits', { value: { maxBufferSize } });
  const bytes = await readback.read();
  device.destroy();
  return regions.flatMap(({ offset, size }) => [...new Float32Array(bytes, offset, size / 4)]);
}
