/** The library: contrastive losses and their gradients on the GPU, with a CPU fallback and a float64 reference. No DOM. */
export { createEngine } from './engine/create-engine.ts';
export type * from './engine/engine.ts';
export { InputError } from './engine/input-error.ts';
export { findLoss, losses } from './losses/registry.ts';
export type { LossKind, LossSpec } from './losses/registry.ts';
