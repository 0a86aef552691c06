/** A device ready for the kernels, or the sentence that says why there is none. */
export type GpuAnswer = { device: GPUDevice; description: string } | { reason: string };

/** Software rasterizers run the same kernels, but slower than the fallback. */
export function isSoftware(info: GPUAdapterInfo): boolean {
  return (
    info.isFallbackAdapter ||
    /swiftshader|llvmpipe|lavapipe|warp|basic render/i.test(Object.values(describe(info)).join(' '))
  );
}

function describe(info: GPUAdapterInfo): Record<string, string> {
  const { vendor, architecture, device, description } = info;
  return { vendor, architecture, device, description };
}

/** The adapter in words: its own description, or vendor and architecture. */
export function describeAdapter(info: GPUAdapterInfo): string {
  const words = info.description || [info.vendor, info.architecture || info.device].filter(Boolean).join(' ');
  return `WebGPU, ${words || 'an adapter that does not say its name'}${isSoftware(info) ? ' (software)' : ''}`;
}

/**
 * Asks for an adapter and a device with all the room the adapter has.
 * 'auto' takes a hardware adapter only; 'webgpu' takes a software adapter too.
 */
export async function requestGpu(backend: 'auto' | 'webgpu'): Promise<GpuAnswer> {
  if (typeof navigator === 'undefined' || !navigator.gpu) {
    return {
      reason:
        typeof isSecureContext === 'boolean' && !isSecureContext
          ? 'This page was not opened over https or from localhost, so the browser hides WebGPU from it.'
          : 'This browser has no WebGPU.',
    };
  }
  try {
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter)
      return { reason: 'The browser has WebGPU but gave no graphics adapter (blocked, or no driver).' };
    if (backend === 'auto' && isSoftware(adapter.info)) {
      return { reason: `The only WebGPU adapter is a software one (${describeAdapter(adapter.info)}).` };
    }
    const device = await adapter.requestDevice({
      label: 'contrastive playground',
      requiredFeatures: (['timestamp-query', 'subgroups'] as const).filter((feature) =>
        adapter.features.has(feature),
      ),
      requiredLimits: {
        maxBufferSize: adapter.limits.maxBufferSize,
        maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize,
      },
    });
    return { device, description: describeAdapter(adapter.info) };
  } catch (error) {
    return {
      reason: `The graphics adapter refused a device: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
