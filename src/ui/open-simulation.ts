import { createCanvasRenderer } from '../render/canvas-renderer.ts';
import type { CreateRenderer } from '../render/renderer.ts';
import type { GpuAnswer } from '../engine/webgpu/request-gpu.ts';
import type { Hyperparameters, RunState, Start } from '../simulation/settings.ts';
import type { Simulation } from '../simulation/simulation.ts';
import { createWorkerSimulation } from '../simulation/worker-simulation.ts';
import type { EngineChoice, KernelChoice } from './state.ts';

/** Something to tell the person. */
export interface Notice {
  sentence: string;
  /** Nothing failed: it is good to know, once. */
  isPassing: boolean;
}

export interface OpenedSimulation {
  simulation: Simulation;
  /** A hardware device to draw with, or the one that computes. */
  device: GPUDevice | undefined;
  /** Draws with the device; in Canvas 2D without one. */
  createRenderer: CreateRenderer;
  /** What to tell the person about the choice, if anything. */
  notices: { engine?: Notice; picture?: Notice };
}

/** One device for each choice serves all runs of the page until it is lost. */
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

/** How to draw what the CPU computes: with a hardware device, where there is one that can. */
async function openDrawing(): Promise<Omit<OpenedSimulation, 'simulation'>> {
  const answer = await gpu('auto');
  if ('reason' in answer) return { device: undefined, createRenderer: createCanvasRenderer, notices: {} };
  const { device } = answer;
  try {
    const { prepareWebGpuRenderer } = await import('../render/webgpu-renderer.ts');
    return { device, createRenderer: await prepareWebGpuRenderer(device), notices: {} };
  } catch (error) {
    const picture = {
      sentence: `WebGPU cannot draw here: ${sentence(error)} The picture is drawn in Canvas 2D instead.`,
      isPassing: false,
    };
    return { device: undefined, createRenderer: createCanvasRenderer, notices: { picture } };
  }
}

/**
 * Begins a run, or goes on from `state`, on the engine asked for; without WebGPU, or where its shaders for computing or
 * drawing do not compile, on the CPU, with a notice that says why.
 * @throws Error when the CPU cannot run it either.
 */
export async function openSimulation(
  { engine, kernels }: { engine: EngineChoice; kernels: KernelChoice },
  start: Start,
  hyperparameters: Hyperparameters,
  state?: RunState,
): Promise<OpenedSimulation> {
  if (engine === 'cpu' || engine === 'reference') {
    const [drawing, simulation] = await Promise.all([
      openDrawing(),
      createWorkerSimulation(engine, start, hyperparameters, state),
    ]);
    return { simulation, ...drawing };
  }
  const answer = await gpu(engine);
  let reason: string;
  let isPassing = false;
  if ('device' in answer) {
    const { device } = answer;
    try {
      const [{ createGpuSimulation }, { prepareWebGpuRenderer }, { chooseKernels }] = await Promise.all([
        import('../simulation/gpu-simulation.ts'),
        import('../render/webgpu-renderer.ts'),
        import('./kernel-choices.ts'),
      ]);
      const aboutKernels = chooseKernels(kernels, device, start);
      const notices = aboutKernels ? { engine: { sentence: aboutKernels, isPassing: true } } : {};
      const preparing = prepareWebGpuRenderer(device);
      // It is awaited below, once there is a run that could be drawn.
      preparing.catch(() => undefined);
      const simulation = await createGpuSimulation(device, start, hyperparameters, state);
      const createRenderer = await preparing.catch((error: unknown) => {
        simulation.dispose();
        throw error;
      });
      return { simulation, device, createRenderer, notices };
    } catch (error) {
      reason = `WebGPU could not take this run: ${sentence(error)}`;
    }
  } else {
    reason = sentence(answer.reason);
    // Who asked for WebGPU does not get what was asked for.
    isPassing = engine === 'auto';
  }
  const simulation = await createWorkerSimulation('cpu', start, hyperparameters, state);
  return {
    simulation,
    device: undefined,
    createRenderer: createCanvasRenderer,
    notices: { engine: { sentence: `${reason} The CPU computes this run instead.`, isPassing } },
  };
}

/** What went wrong, ending in a full stop. */
export function sentence(error: unknown): string {
  const text =
    typeof error === 'object' && error && 'message' in error ? String(error.message) : String(error);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
