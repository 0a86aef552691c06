/** One thread that measures itself, beside others that do the same. */
import { measureCeiling } from '../wasm/ceiling.ts';
import type { CeilingQuestion } from './ceiling.ts';

addEventListener('message', async ({ data: { relaxed, milliseconds } }: MessageEvent<CeilingQuestion>) => {
  // Two floating-point operations are one multiply-add.
  const rate = (await measureCeiling(relaxed, milliseconds)) / 2;
  postMessage(rate, { transfer: [] });
});
