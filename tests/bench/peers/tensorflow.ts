import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import type { Contender, Result, Task } from './contender.ts';

/** Far enough below every logit that its exponential is 0. */
const MASKED = -1e9;

/**
 * TensorFlow.js. Its wasm backend lacks kernels that automatic differentiation of this loss needs, so both backends get
 * the gradient written out, which is also the quicker way: softmax - target, times the other tower.
 */
export function tensorflow(backend: 'webgpu' | 'wasm', threads: number): Contender {
  return {
    name: backend === 'wasm' ? `TensorFlow.js wasm, ${threads} threads` : 'TensorFlow.js webgpu',
    prepare: async (task) => {
      setWasmPaths({
        'tfjs-backend-wasm.wasm': plain,
        'tfjs-backend-wasm-simd.wasm': simd,
        'tfjs-backend-wasm-threaded-simd.wasm': threadedSimd,
      });
      setThreadsCount(threads);
      await tf.setBackend(backend);
      await tf.ready();
      return async () => {
        const tensors = tf.tidy(() => step(task));
        const [loss, ...gradients] = (await Promise.all(
          tensors.map((tensor) => tensor.data()),
        )) as Float32Array[];
        for (const tensor of tensors) tensor.dispose();
        return { loss: loss[0], gradients } satisfies Result;
      };
    },
  };
}

function step({ kind, count, dimension, temperature, queries, keys }: Task): tf.Tensor[] {
  const shape: [number, number] = [count, dimension];
  const rows = tf.tensor2d(queries, shape);
  const columns = kind === 'nt-xent' ? rows : tf.tensor2d(keys, shape);
  const partners =
    kind === 'nt-xent'
      ? tf.concat([tf.slice(rows, [count / 2, 0]), tf.slice(rows, [0, 0], [count / 2, dimension])])
      : columns;
  const products = tf.div<tf.Tensor2D>(tf.matMul(rows, columns, false, true), temperature);
  const logits = kind === 'nt-xent' ? tf.add<tf.Tensor2D>(products, tf.mul(tf.eye(count), MASKED)) : products;
  const largest = tf.max(logits, 1, true);
  const exponentials = tf.exp(tf.sub(logits, largest));
  const sums = tf.sum(exponentials, 1, true);
  const positives = tf.div(tf.sum(tf.mul(rows, partners), 1), temperature);
  const loss = tf.mean(tf.sub(tf.squeeze(tf.add(tf.log(sums), largest), [1]), positives));
  const pulls = tf.div<tf.Tensor2D>(tf.div(exponentials, sums), count * temperature);
  const fromRows = tf.sub(tf.matMul(pulls, columns), tf.div(partners, count * temperature));
  // A positive pulls its partner as much as it is pulled: for InfoNCE query i key i, for NT-Xent each view the other.
  const pulling = kind === 'nt-xent' ? partners : rows;
  const toColumns = tf.sub(tf.matMul(pulls, rows, true), tf.div(pulling, count * temperature));
  return kind === 'nt-xent' ? [loss, tf.add(fromRows, toColumns)] : [loss, fromRows, toColumns];
}
