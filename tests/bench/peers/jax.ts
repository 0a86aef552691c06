import { defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import type { Contender, Task } from './contender.ts';

/** Far enough below every logit that its exponential is 0. */
const MASKED = -1e9;

/** jax-js, written as its users would: a plain loss, value_and_grad, jit. */
export function jax(device: 'webgpu' | 'wasm'): Contender {
  return {
    name: `jax-js ${device}`,
    prepare: async (task) => {
      await init(device);
      defaultDevice(device);
      const { count, dimension } = task;
      const shape = { shape: [count, dimension] };
      if (task.kind === 'nt-xent') {
        const step = jit(valueAndGrad(ntXent(task)));
        return async () => {
          const [loss, gradient] = step(np.array(task.queries, shape));
          return { loss: Number(await loss.jsAsync()), gradients: [float32(await gradient.data())] };
        };
      }
      const step = jit(valueAndGrad(infoNce(task), { argnums: [0, 1] }));
      return async () => {
        const [loss, gradients] = step(np.array(task.queries, shape), np.array(task.keys, shape));
        const [queries, keys] = gradients as unknown as [np.Array, np.Array];
        return {
          loss: Number(await loss.jsAsync()),
          gradients: [float32(await queries.data()), float32(await keys.data())],
        };
      };
    },
  };
}

// Every use of an array but the last takes `ref`: jax-js counts owners.

function infoNce({ temperature }: Task) {
  return (queries: np.Array, keys: np.Array): np.Array => {
    const positives = np.sum(queries.ref.mul(keys.ref), 1).div(temperature);
    const logits = np.matmul(queries, np.transpose(keys)).div(temperature);
    return np.mean(nn.logsumexp(logits, 1).sub(positives));
  };
}

function ntXent({ count, temperature }: Task) {
  return (embeddings: np.Array): np.Array => {
    const partners = np.roll(embeddings.ref, count / 2, 0);
    const positives = np.sum(embeddings.ref.mul(partners), 1).div(temperature);
    const logits = np.matmul(embeddings.ref, np.transpose(embeddings)).div(temperature);
    return np.mean(nn.logsumexp(logits.add(np.eye(count).mul(MASKED)), 1).sub(positives));
  };
}

function float32(data: ArrayLike<number>): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data);
}
