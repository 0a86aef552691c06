import { simdSupport } from '../wasm/simd-support.ts';
import { Threads } from './threads.ts';

/** Longer than any pause that the system makes a thread take. */
const MILLISECONDS = 300;

/**
 * The multiply-adds per second that the engine's threads reach together when they fetch nothing (see wasm/ceiling.ts),
 * measured at the same time; undefined without WebAssembly SIMD.
 */
export async function measureThreads(): Promise<number | undefined> {
  if (simdSupport() === 'none') return undefined;
  const count = Threads.create()?.count ?? 1;
  const rates = await Promise.all(Array.from({ length: count }, measureThread));
  return rates.reduce((sum, rate) => sum + rate, 0);
}

function measureThread(): Promise<number> {
  const worker = new Worker(new URL('./ceiling-worker.ts', import.meta.url), { type: 'module' });
  return new Promise<number>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<number>) => resolve(data));
    worker.addEventListener('error', ({ message }) =>
      reject(new Error(message || 'A thread did not start.')),
    );
    worker.postMessage(MILLISECONDS, []);
  }).finally(() => worker.terminate());
}
