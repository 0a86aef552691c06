import type { Engine } from '../engine.ts';
import { softmax } from '../softmax.ts';
import { evaluate } from './evaluate.ts';
import { similarity } from './similarity.ts';

/** The executable specification: float64, naive, as close to the formulas as code can be. */
export function createReferenceEngine(): Engine {
  return {
    backend: 'reference',
    description: 'TypeScript in float64, naive',
    evaluate,
    similarity: (batch, { metric } = {}) => similarity(batch, metric),
    softmax,
    dispose: () => undefined,
  };
}
