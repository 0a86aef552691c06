import { ModuleBuilder } from './assembler.ts';

/** Whether vectors of four numbers are to be had, and the relaxed instructions beyond them. */
export function simdSupport(): 'none' | 'strict' | 'relaxed' {
  if (!isValid(true)) return isValid(false) ? 'strict' : 'none';
  return 'relaxed';
}

function isValid(relaxed: boolean): boolean {
  if (typeof WebAssembly !== 'object') return false;
  const builder = new ModuleBuilder(relaxed);
  builder.function('probe', 0, (f) => {
    const zero = f.constant(0);
    f.select(f.multiplyAdd(zero, zero, zero), zero, zero);
  });
  try {
    return WebAssembly.validate(builder.encode());
  } catch {
    return false;
  }
}
