import { createEngine } from '../../../src/index.ts';
import type { Backend } from '../../../src/index.ts';
import type { Contender } from './contender.ts';

/** This project's engines, given the same raw vectors. */
export function ours(backend: Backend): Contender {
  return {
    name: `ours, ${backend}`,
    prepare: async ({ kind, count, dimension, temperature, queries, keys }) => {
      const engine = await createEngine({ backend });
      const pairIds = Uint32Array.from({ length: count }, (_, index) => index % (count / 2));
      const spec = { kind, temperature, normalize: false } as const;
      const batch =
        kind === 'nt-xent'
          ? { dimension, embeddings: queries, labels: pairIds }
          : { dimension, queries, keys };
      return async () => {
        const { loss, gradient } = await engine.evaluate(spec, batch, { gradient: true });
        return { loss, gradients: Object.values(gradient ?? {}) };
      };
    },
  };
}
