/** One thread that measures itself, beside others that do the same. */
import { measureCeiling } from '../wasm/ceiling.ts';

addEventListener('message', async ({ data: milliseconds }: MessageEvent<number>) => {
  // Two floating-point operations are one multiply-add.
  const rate = (await measureCeiling(milliseconds)) / 2;
  postMessage(rate, { transfer: [] });
});
