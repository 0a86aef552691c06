import { createCpuEngine } from './cpu/cpu-engine.ts';
import type { Backend, Engine } from './engine.ts';
import { InputError } from './input-error.ts';
import { createReferenceEngine } from './reference/reference-engine.ts';
import { describeAdapter, requestGpu } from './webgpu/request-gpu.ts';
import { WebGpuEngine } from './webgpu/webgpu-engine.ts';

/**
 * Makes an engine.
 * @param options.backend 'auto' (default): webgpu on a hardware adapter, else cpu. The others: that one or a rejection.
 * @param options.device a device made elsewhere, for webgpu and auto; it stays with its owner.
 * @throws InputError for an unknown backend, Error with the reason when an explicit backend is not to be had.
 */
export async function createEngine({
  backend = 'auto',
  device,
}: { backend?: 'auto' | Backend; device?: GPUDevice } = {}): Promise<Engine> {
  switch (backend) {
    case 'reference':
      return createReferenceEngine();
    case 'cpu':
      return createCpuEngine();
    case 'auto':
    case 'webgpu': {
      if (device) return new WebGpuEngine(device, describeAdapter(device.adapterInfo), false);
      const gpu = await requestGpu(backend);
      if ('device' in gpu) return new WebGpuEngine(gpu.device, gpu.description, true);
      if (backend === 'auto') return createCpuEngine();
      throw new Error(gpu.reason);
    }
    default:
      throw new InputError(
        'backend',
        `expected 'auto', 'webgpu', 'cpu' or 'reference', got '${String(backend)}'`,
      );
  }
}
