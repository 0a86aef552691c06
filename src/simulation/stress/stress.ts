import { createEngine } from '../../engine/create-engine.ts';
import type { FromStress, ToStress } from './messages.ts';
import { climb } from './ramp.ts';
import type { Budget, Measured, Ramp, RampOptions } from './ramp.ts';
import { growthOf } from './record.ts';
import type { StressRecord } from './record.ts';

/**
 * Measures an engine of its own at growing sizes: on a device that is passed in, or in a worker.
 * @param on the device of the run, or the kind of engine on the host.
 * @throws Error when the engine fails, the signal's reason as soon as it is aborted.
 */
export async function stress(
  on: GPUDevice | ToStress['backend'],
  ramp: Ramp,
  budget: Budget,
  options: RampOptions & { signal: AbortSignal },
): Promise<StressRecord> {
  const measured: Measured[] = [];
  const noting: RampOptions = {
    ...options,
    onMeasured: (each) => {
      measured.push(each);
      options.onMeasured?.(each);
    },
  };
  const date = new Date().toISOString();
  const { engine, ending } =
    typeof on === 'string'
      ? await inWorker({ backend: on, ramp, budget }, noting, options.signal)
      : await onDevice(on, ramp, budget, noting);
  return { engine, date, ramp, budget, measured, ending, ...growthOf(ramp, measured) };
}

async function onDevice(device: GPUDevice, ramp: Ramp, budget: Budget, options: RampOptions) {
  const engine = await createEngine({ backend: 'webgpu', device });
  try {
    return { engine: engine.description, ending: await climb(engine, ramp, budget, options) };
  } finally {
    engine.dispose();
  }
}

function inWorker(
  message: ToStress,
  { onMeasured, onProgress }: RampOptions,
  signal: AbortSignal,
): Promise<{ engine: string; ending: string }> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  let engine = '';
  return new Promise<{ engine: string; ending: string }>((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    worker.addEventListener('error', ({ message: reason }) =>
      reject(new Error(`The worker that is measured stopped: ${reason || 'its script did not load'}.`)),
    );
    worker.addEventListener('message', ({ data }: MessageEvent<FromStress>) => {
      switch (data.type) {
        case 'begun':
          ({ engine } = data);
          break;
        case 'progress':
          onProgress?.(data.size, data.fraction);
          break;
        case 'measured':
          onMeasured?.(data.measured);
          break;
        case 'ended':
          resolve({ engine, ending: data.ending });
          break;
        case 'failed':
          reject(new Error(data.reason));
          break;
      }
    });
    worker.postMessage(message, []);
  }).finally(() => worker.terminate());
}
