import { InputError } from '../input-error.ts';
import { submit } from './submit.ts';

/** The most bytes of one buffer that the device can bind. */
export function largestBinding({ limits }: Pick<GPUDevice, 'limits'>): number {
  return Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
}

/** @throws InputError when one buffer of so many bytes is more than the device can bind. */
export function refuseBeyondLimits(device: GPUDevice, argument: string, bytes: number): void {
  const limit = largestBinding(device);
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

  /**
   * The bytes of all buffers at one moment, in pieces where they are more than one buffer may hold.
   * @throws Error when a buffer is gone, was never there for want of memory, or the device is lost.
   */
  async read(): Promise<ArrayBuffer> {
    const largest = Math.floor(this.device.limits.maxBufferSize / 16) * 16;
    const pieces = Array.from({ length: Math.ceil(this.bytes / largest) }, (_, index) => {
      const start = index * largest;
      const size = Math.min(largest, this.bytes - start);
      const staging = this.device.createBuffer({
        label: 'readback',
        size,
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      });
      return { start, end: start + size, staging };
    });
    try {
      const encoder = this.device.createCommandEncoder({ label: 'readback' });
      for (const { start, end, staging } of pieces) {
        for (const { buffer, region } of this.sources) {
          const from = Math.max(start, region.offset);
          const size = Math.min(end, region.offset + region.size) - from;
          if (size > 0) encoder.copyBufferToBuffer(buffer, from - region.offset, staging, from - start, size);
        }
      }
      await submit(this.device, encoder);
      const bytes = new Uint8Array(this.bytes);
      for (const { start, staging } of pieces) {
        await staging.mapAsync(GPUMapMode.READ);
        bytes.set(new Uint8Array(staging.getMappedRange()), start);
        staging.unmap();
      }
      return bytes.buffer;
    } finally {
      for (const { staging } of pieces) staging.destroy();
    }
  }
}
