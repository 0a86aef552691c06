/** Runs in the browser: the memory that was foretold beside the memory that was taken. */
import { requestGpu } from '../../src/engine/webgpu/request-gpu.ts';
import { createGpuSimulation } from '../../src/simulation/gpu-simulation.ts';
import { memoryNeeded } from '../../src/simulation/gpu/memory-needed.ts';
import type { Hyperparameters, Start } from '../../src/simulation/settings.ts';
import { countBuffers } from '../browser/gpu-memory.ts';

/** Staging buffers through which a run tells its statistics. */
const STAGING = 4 * 32;

export async function foretoldAndTaken(
  start: Start,
  hyperparameters: Hyperparameters,
): Promise<{ foretold: number; taken: number }> {
  const gpu = await requestGpu('webgpu');
  if ('reason' in gpu) throw new Error(gpu.reason);
  const { device } = gpu;
  const foretold = await memoryNeeded(device, start, hyperparameters);
  const memory = countBuffers(device);
  const simulation = await createGpuSimulation(device, start, hyperparameters);
  while (!simulation.statistics) {
    simulation.advance(1);
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  const taken = memory.bytes - STAGING;
  simulation.dispose();
  device.destroy();
  return { foretold, taken };
}

/** What is said of a run that no device takes. */
export async function refusal(start: Start, hyperparameters: Hyperparameters): Promise<string> {
  const gpu = await requestGpu('webgpu');
  if ('reason' in gpu) throw new Error(gpu.reason);
  const told = memoryNeeded(gpu.device, start, hyperparameters).then(String, (error: Error) => error.message);
  gpu.device.destroy();
  return told;
}
