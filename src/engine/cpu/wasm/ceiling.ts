import { ModuleBuilder } from './assembler.ts';

/** Sums in the making at a time: as many as the skeleton's, so that nothing but the multiply-adds is waited for. */
const SUMS = 12;
const STEPS = 2 ** 19;
const FLOPS_PER_STEP = SUMS * 4 * 2;

/** A module whose function `multiplyAdd(steps)` does nothing but multiply-adds of four numbers, in registers. */
export function ceilingModule(relaxed: boolean): Uint8Array<ArrayBuffer> {
  const builder = new ModuleBuilder(relaxed);
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
 * The multiply-adds of this thread in flop/s (two per multiply-add), in vectors of four: what the kernels can be held
 * against. Takes about `milliseconds`.
 */
export async function measureCeiling(relaxed: boolean, milliseconds: number): Promise<number> {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = await WebAssembly.compile(ceilingModule(relaxed));
  const { exports } = await WebAssembly.instantiate(module, { host: { memory } });
  const multiplyAdd = exports.multiplyAdd as (steps: number) => void;
  let best = Infinity;
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    const began = performance.now();
    multiplyAdd(STEPS);
    best = Math.min(best, performance.now() - began);
  }
  return (STEPS * FLOPS_PER_STEP * 1000) / best;
}
