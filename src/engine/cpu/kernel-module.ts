import type { ModuleBuilder } from './wasm/assembler.ts';

/** A loss's kernels, and how much memory its statistics and anchors take. */
export interface KernelModule {
  builder: ModuleBuilder;
  /** Vectors per quad of anchors. */
  parts: { statistics: number; anchor: number };
  /** The fields of struct Parameters, which lie at the start of memory in this order, one f32 each. */
  parameters: readonly string[];
}
