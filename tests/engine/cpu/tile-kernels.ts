/** The pair kernels of one loss, and memory of their own, for tests that look at single tiles. */
import { random4, unitInterval } from '../../../src/data/random.ts';
import { writePairKernels } from '../../../src/engine/cpu/pairs/kernels.ts';
import type { Kernels } from '../../../src/engine/cpu/pairs/kernels.ts';
import { simdSupport } from '../../../src/engine/cpu/wasm/simd-support.ts';
import { allocate } from '../../../src/engine/cpu/wasm/memory.ts';

/** A similarity within -1 .. 1 for each pair of a tile. */
export function similarityOf(pair: number): number {
  return 2 * unitInterval(random4(pair, 0, 0, 7)[0]) - 1;
}

/** @param columnsAreAnchors as of one set; else of queries and keys. */
export function tileKernels(shader: string, columnsAreAnchors: boolean) {
  const shape = { dimension: 2, isOneSet: columnsAreAnchors, isExclusive: false, columnsAreAnchors };
  const { builder, parts, parameters } = writePairKernels(shader, shape, simdSupport() === 'relaxed');
  const compiled = WebAssembly.compile(builder.encode());
  return {
    /** Vectors per quad of anchors. */
    parts,
    /** Everything anew: empty memory of so many bytes, with the loss's parameters. */
    async open(bytes: number) {
      const memory = allocate(bytes);
      const numbers = new Float32Array(memory.buffer as ArrayBuffer);
      const { exports } = await WebAssembly.instantiate(await compiled, { host: { memory } });
      const setParameters = (logitScale: number) =>
        numbers.set(parameters.map((name) => ({ logitScale, negatives: 1 })[name] ?? 0));
      return { kernels: exports as unknown as Kernels, numbers, setParameters };
    },
  };
}
