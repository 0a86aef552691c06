import { ModuleBuilder } from './assembler.ts';
import { simdSupport } from './simd-support.ts';
import { allocate } from './memory.ts';

/** Sums in the making at a time: as many as the skeleton's, so that nothing but the multiply-adds is waited for. */
const SUMS = 12;
const STEPS = 2 ** 19;
const FLOPS_PER_STEP = SUMS * 4 * 2;

/** A module whose function `multiplyAdd(steps)` does nothing but multiply-adds of four numbers, in registers. */
function ceilingModule(): Uint8Array<ArrayBuffer> {
  const builder = new ModuleBuilder(simdSupport() === 'relaxed');
  builder.function('multiplyAdd', 1, (f, steps) => {
    const start = f.integer();
    f.copy(start, 0);
    // Read from memory, so that the compiler knows nothing of them.
    const factor = f.load(start, 0);
    const sums = Array.from({ length: SUMS }, (_, index) => f.load(start, 16 * index));
    f.forEach(0, steps, 1, () => {
      for (const sum of sums) f.copy(sum, f.multiplyAdd(sum, factor, factor));
    });
    sums.forEach((sum, index) => f.store(start, 16 * index, sum));
  });
  return builder.encode();
}

/**
 * The most multiply-adds that this thread gets done, in flop/s (two per multiply-add) and in vectors of four: what the
 * kernels can be held against. The best of what fits into `milliseconds`, during which the thread is busy.
 */
export async function measureCeiling(milliseconds = 50): Promise<number> {
  const memory = allocate(SUMS * 16);
  const { instance } = await WebAssembly.instantiate(ceilingModule(), { host: { memory } });
  const multiplyAdd = instance.exports.multiplyAdd as (steps: number) => void;
  let best = Infinity;
  const end = performance.now() + milliseconds;
  do {
    const began = performance.now();
    multiplyAdd(STEPS);
    best = Math.min(best, performance.now() - began);
  } while (performance.now() < end);
  return (STEPS * FLOPS_PER_STEP * 1000) / best;
}
