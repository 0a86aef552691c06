import copyShader from '../../../shaders/ceiling-copy.wgsl?raw';
import multiplyAddShader from '../../../shaders/ceiling-multiply-add.wgsl?raw';
import { kernel } from './kernel.ts';
import { measureWorks } from './kernel-times.ts';
import type { MeasureOptions } from './kernel-times.ts';
import { packUniform } from './wgsl.ts';
import { wholeWork } from './work.ts';

/** What a device can do at most, per second; measured. */
export interface Ceilings {
  multiplyAdds: number;
  bytes: number;
}

/** Enough for every lane of a large GPU to be busy. */
const INVOCATIONS = 2 ** 18;
const MULTIPLY_ADDS_PER_STEP = 64;

/** A dispatch this long, in milliseconds, hides its own start; steps of the first try, and how they grow. */
const LONG_ENOUGH = 5;
const FIRST_STEPS = 8;
const GROWTH = 8;
const MOST_STEPS = FIRST_STEPS * GROWTH ** 4;

/** Each of the two buffers of the copy: together beyond the caches of a large GPU. */
const COPIED_BYTES = 2 ** 26;

/**
 * Measures the device with two kernels of our own: multiply-adds in registers, and a streaming copy. It takes two
 * buffers of 64 MiB while it runs.
 * @throws Error when a shader does not compile or the device does not take the work.
 */
export async function measureCeilings(
  device: GPUDevice,
  options: Pick<MeasureOptions, 'signal'> = {},
): Promise<Ceilings> {
  return {
    multiplyAdds: await measureMultiplyAdds(device, options),
    bytes: await measureCopy(device, options),
  };
}

async function measureMultiplyAdds(
  device: GPUDevice,
  options: Pick<MeasureOptions, 'signal'>,
): Promise<number> {
  const label = 'ceiling: multiply-add';
  const multiplyAdd = await kernel(device, { label, source: multiplyAddShader, entryPoint: 'multiplyAdd' });
  const ceiling = device.createBuffer({
    label,
    size: 16,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  const sums = device.createBuffer({ label, size: 4 * INVOCATIONS, usage: GPUBufferUsage.STORAGE });
  try {
    for (let steps = FIRST_STEPS; ; steps *= GROWTH) {
      const values = { invocations: INVOCATIONS, steps, factor: 0.75, term: 0.5 };
      device.queue.writeBuffer(ceiling, 0, packUniform(multiplyAddShader, 'Ceiling', values));
      const multiplyAdds = INVOCATIONS * steps * MULTIPLY_ADDS_PER_STEP;
      const work = wholeWork(multiplyAdd, { ceiling, sums }, INVOCATIONS, 256, multiplyAdds, multiplyAdds);
      const [{ milliseconds }] = await measureWorks(device, [work], options);
      if (milliseconds >= LONG_ENOUGH || steps >= MOST_STEPS) return (1000 * multiplyAdds) / milliseconds;
    }
  } finally {
    ceiling.destroy();
    sums.destroy();
  }
}

async function measureCopy(device: GPUDevice, options: Pick<MeasureOptions, 'signal'>): Promise<number> {
  const label = 'ceiling: copy';
  const copy = await kernel(device, { label, source: copyShader, entryPoint: 'copyVectors' });
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
  const size = Math.min(COPIED_BYTES, maxBufferSize, maxStorageBufferBindingSize);
  const [source, destination] = ['source', 'destination'].map((name) =>
    device.createBuffer({ label: `${label}, ${name}`, size, usage: GPUBufferUsage.STORAGE }),
  );
  try {
    const work = wholeWork(copy, { source, destination }, size / 16, 256, size / 16);
    const [{ milliseconds, bytes }] = await measureWorks(device, [work], options);
    return (1000 * bytes) / milliseconds;
  } finally {
    source.destroy();
    destination.destroy();
  }
}
