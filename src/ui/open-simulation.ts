import type { GpuAnswer } from '../engine/webgpu/request-gpu.ts';
import type { Hyperparameters, RunState, Start } from '../simulation/settings.ts';
import type { Simulation } from '../simulation/simulation.ts';
import { createWorkerSimulation } from '../simulation/worker-simulation.ts';
import type { EngineChoice } from './state.ts';

export interface OpenedSimulation {
  simulation: Simulation;
  /** A hardware device to draw with, or the one that computes; without it the picture is drawn in Canvas 2D. */
  device: GPUDevice | undefined;
  /** What to tell the person about the choice, if anything. */
  notice: string | undefined;
}

/** One device serves all runs of the page until it is lost. */
const devices = new Map<'auto' | 'webgpu', Promise<GpuAnswer>>();

async function gpu(backend: 'auto' | 'webgpu'): Promise<GpuAnswer> {
  const known = devices.get(backend);
  if (known) return known;
  const answer = import('../engine/webgpu/request-gpu.ts').then(({ requestGpu }) => requestGpu(backend));
  devices.set(backend, answer);
  const resolved = await answer;
  if ('device' in resolved) {
    const forget = () => devices.delete(backend);
    void resolved.device.lost.then(forget);
  }
  return answer;
}

/**
 * Begins a run, or goes on from `state`, on the engine asked for; without WebGPU on the CPU, with a notice that says why.
 * @throws Error when the CPU cannot run it either.
 */
export async function openSimulation(
  engine: EngineChoice,
  start: Start,
  hyperparameters: Hyperparameters,
  state?: RunState,
): Promise<OpenedSimulation> {
  if (engine === 'cpu' || engine === 'reference') {
    const [answer, simulation] = await Promise.all([
      gpu('auto'),
      createWorkerSimulation(engine, start, hyperparameters, state),
    ]);
    return { simulation, device: 'device' in answer ? answer.device : undefined, notice: undefined };
  }
  const answer = await gpu(engine);
  let reason: string;
  if ('device' in answer) {
    try {
      const { createGpuSimulation } = await import('../simulation/gpu-simulation.ts');
      const simulation = await createGpuSimulation(answer.device, start, hyperparameters, state);
      return { simulation, device: answer.device, notice: undefined };
    } catch (error) {
      reason = `WebGPU could not take this run: ${sentence(error)}`;
    }
  } else {
    reason = answer.reason;
  }
  const simulation = await createWorkerSimulation('cpu', start, hyperparameters, state);
  return { simulation, device: undefined, notice: `${reason} The CPU computes this run instead.` };
}

/** What went wrong, ending in a full stop. */
export function sentence(error: unknown): string {
  const text =
    typeof error === 'object' && error && 'message' in error ? String(error.message) : String(error);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
