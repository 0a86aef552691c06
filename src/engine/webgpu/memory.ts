import { InputError } from '../input-error.ts';
import { submit } from './submit.ts';

/** @throws InputError when one buffer of so many bytes is more than the device can bind. */
export function refuseBeyondLimits(device: GPUDevice, argument: string, bytes: number): void {
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
  const limit = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  if (bytes > limit) {
    throw new InputError(
      argument,
      `expected a shape that fits this device; it takes a buffer of ${bytes} bytes, and the device binds ${limit} at most`,
    );
  }
}

/** @throws InputError when so many workgroups in one direction are more than the device can dispatch. */
export function refuseBeyondDispatch(device: GPUDevice, argument: string, workgroups: number): void {
  const limit = device.limits.maxComputeWorkgroupsPerDimension;
  if (workgroups > limit) {
    throw new InputError(
      argument,
      `expected a shape that fits this device; it takes ${Math.ceil(workgroups)} workgroups side by side, and the device dispatches ${limit} at most`,
    );
  }
}

/** Where a buffer's bytes lie in a readback. */
export interface Region {
  offset: number;
  size: number;
}

/** Copies several buffers to the host at once. */
export class Readback {
  private readonly device: GPUDevice;
  private readonly sources: { buffer: GPUBuffer; region: Region }[] = [];
  private bytes = 0;

  constructor(device: GPUDevice) {
    this.device = device;
  }

  add(buffer: GPUBuffer): Region {
    const region = { offset: this.bytes, size: buffer.size };
    this.sources.push({ buffer, region });
    this.bytes += Math.ceil(buffer.size / 16) * 16;
    return region;
  }

  /** @throws Error when a buffer is gone, was never there for want of memory, or the device is lost. */
  async read(): Promise<ArrayBuffer> {
    const staging = this.device.createBuffer({
      label: 'readback',
      size: this.bytes,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    try {
      const encoder = this.device.createCommandEncoder({ label: 'readback' });
      for (const { buffer, region } of this.sources) {
        encoder.copyBufferToBuffer(buffer, 0, staging, region.offset, region.size);
      }
      await submit(this.device, encoder);
      await staging.mapAsync(GPUMapMode.READ);
      return staging.getMappedRange().slice(0);
    } finally {
      staging.destroy();
    }
  }
}
