import type { MeasureOptions } from '../../engine/webgpu/kernel-times.ts';
import type { Hyperparameters } from '../settings.ts';
import type { Simulation } from '../simulation.ts';
import type { FromProfiler, ToProfiler } from './messages.ts';
import type { Profile } from './profile.ts';

/**
 * Measures the kernels of a run where it runs, on a copy that the run never hears of; a run on the host in a worker.
 * @param backend what computes a run that is not on a device.
 * @throws Error when the copy fails, the signal's reason as soon as it is aborted.
 */
export async function profileRun(
  simulation: Simulation,
  hyperparameters: Hyperparameters,
  backend: ToProfiler['backend'],
  options: MeasureOptions & { signal: AbortSignal },
): Promise<Profile> {
  const { start, positions } = simulation;
  const state = await simulation.snapshot();
  options.signal.throwIfAborted();
  if (positions.on === 'gpu') {
    const { profileOnGpu } = await import('./on-gpu.ts');
    return profileOnGpu(positions.device, start, hyperparameters, state, options);
  }
  return inWorker({ backend, start, hyperparameters, state }, options);
}

function inWorker(
  message: ToProfiler,
  { signal, onProgress }: MeasureOptions & { signal: AbortSignal },
): Promise<Profile> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  return new Promise<Profile>((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    worker.addEventListener('error', ({ message: reason }) =>
      reject(new Error(`The worker that is measured stopped: ${reason || 'its script did not load'}.`)),
    );
    worker.addEventListener('message', ({ data }: MessageEvent<FromProfiler>) => {
      switch (data.type) {
        case 'progress':
          onProgress?.(data.fraction, data.label);
          break;
        case 'profile':
          resolve(data.profile);
          break;
        case 'failed':
          reject(new Error(data.reason));
          break;
      }
    });
    worker.postMessage(message, []);
  }).finally(() => worker.terminate());
}
