import type { Engine } from '../engine.ts';
import { softmax } from '../softmax.ts';
import { evaluate } from './evaluate.ts';
import { similarity } from './similarity.ts';

/** The fallback where there is no WebGPU: fused and streaming like the kernels, in float64 on the calling thread. */
export function createCpuEngine(): Engine {
  return {
    backend: 'cpu',
    description: 'TypeScript, 1 thread',
    evaluate,
    similarity: (batch, { metric } = {}) => similarity(batch, metric),
    softmax,
    dispose: () => undefined,
  };
}
