/** The GPU buffers of one device: bytes now, and the most there ever were. */
export interface GpuMemory {
  bytes: number;
  peak: number;
}

/** Counts every buffer that `device` creates from now on, until it is destroyed. Runs in the browser. */
export function countBuffers(device: GPUDevice): GpuMemory {
  const memory: GpuMemory = { bytes: 0, peak: 0 };
  const createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = createBuffer(descriptor);
    const alive = new Set([buffer]);
    memory.bytes += buffer.size;
    memory.peak = Math.max(memory.peak, memory.bytes);
    buffer.destroy = () => {
      if (alive.delete(buffer)) memory.bytes -= buffer.size;
      GPUBuffer.prototype.destroy.call(buffer);
    };
    return buffer;
  };
  return memory;
}
