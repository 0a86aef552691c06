import type { FunctionBuilder, Local } from '../wasm/assembler.ts';

/** Of four vectors, the first numbers, the second ones, and so on. */
export function transposed4(f: FunctionBuilder, [a, b, c, d]: readonly Local[]): Local[] {
  const low = [f.shuffle(a, b, [0, 4, 1, 5]), f.shuffle(c, d, [0, 4, 1, 5])];
  const high = [f.shuffle(a, b, [2, 6, 3, 7]), f.shuffle(c, d, [2, 6, 3, 7])];
  return [low, high].flatMap(([left, right]) => [
    f.shuffle(left, right, [0, 1, 4, 5]),
    f.shuffle(left, right, [2, 3, 6, 7]),
  ]);
}
