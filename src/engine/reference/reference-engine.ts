import { DISPOSED } from '../engine.ts';
import type { Engine } from '../engine.ts';
import { evaluate } from './evaluate.ts';
import { similarity } from './similarity.ts';
import { softmax } from './softmax.ts';

/** The executable specification: float64, naive, as close to the formulas as code can be. */
export function createReferenceEngine(): Engine {
  let disposed = false;
  const open = () => (disposed ? Promise.reject(new Error(DISPOSED)) : Promise.resolve());
  return {
    backend: 'reference',
    description: 'TypeScript in float64, naive',
    evaluate: (spec, batch, options) => open().then(() => evaluate(spec, batch, options)),
    similarity: (batch, { metric } = {}) => open().then(() => similarity(batch, metric)),
    softmax: (logits, shape, temperature) => open().then(() => softmax(logits, shape, temperature)),
    dispose: () => {
      disposed = true;
    },
  };
}
