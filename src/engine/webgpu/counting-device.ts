/** Stands in for a device that is only to be asked what it can do. */
export type DeviceAbilities = Pick<GPUDevice, 'limits' | 'adapterInfo'> & { features: ReadonlySet<string> };

const nothing = () => ({});

/**
 * A device that allocates and computes nothing, and counts the bytes of the buffers that are asked of it: whatever makes
 * its memory on a device can be asked beforehand how much that will be.
 */
export function createCountingDevice(abilities: DeviceAbilities): { device: GPUDevice; bytes(): number } {
  let bytes = 0;
  const device = {
    ...abilities,
    queue: { writeBuffer: nothing },
    createBuffer: ({ size }: GPUBufferDescriptor) => {
      bytes += size;
      return { size, destroy: nothing };
    },
    createShaderModule: nothing,
    createBindGroupLayout: nothing,
    createPipelineLayout: nothing,
    createComputePipelineAsync: () => Promise.resolve({}),
    createBindGroup: nothing,
    pushErrorScope: nothing,
    popErrorScope: () => Promise.resolve(null),
  };
  return { device: device as unknown as GPUDevice, bytes: () => bytes };
}
