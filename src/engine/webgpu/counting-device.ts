const nothing = () => ({});

/**
 * A device that can what another can, but allocates and computes nothing, and counts the bytes of the buffers that are
 * asked of it: whatever makes its memory on a device can be asked beforehand how much that will be.
 */
export function createCountingDevice({ limits, features, adapterInfo }: GPUDevice): {
  device: GPUDevice;
  bytes(): number;
} {
  let bytes = 0;
  const device = {
    limits,
    features,
    adapterInfo,
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
