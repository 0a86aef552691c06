import * as onnx from 'onnxruntime-web/webgpu';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import loader from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import type { Contender, Task } from './contender.ts';
import { encodeModel } from './onnx-model.ts';

/** ONNX Runtime Web, which has no gradients: the loss alone, of InfoNCE alone. */
export function onnxRuntime(provider: 'webgpu' | 'wasm', threads: number): Contender {
  return {
    name: `ONNX Runtime ${provider}${provider === 'wasm' ? `, ${threads} threads` : ''} (loss only)`,
    prepare: async (task) => {
      onnx.env.wasm.numThreads = threads;
      onnx.env.wasm.wasmPaths = { wasm, mjs: loader };
      const session = await onnx.InferenceSession.create(infoNce(task), { executionProviders: [provider] });
      const shape = [task.count, task.dimension];
      return async () => {
        const { loss } = await session.run({
          queries: new onnx.Tensor('float32', task.queries, shape),
          keys: new onnx.Tensor('float32', task.keys, shape),
        });
        return { loss: Number((await loss.getData())[0]), gradients: [] };
      };
    },
  };
}

function infoNce({ count, dimension, temperature }: Task): Uint8Array {
  return encodeModel({
    inputs: { queries: [count, dimension], keys: [count, dimension] },
    constants: { temperature },
    lists: { axis: [1], both: [0] },
    nodes: [
      { operator: 'Transpose', inputs: ['keys'], output: 'transposed' },
      { operator: 'MatMul', inputs: ['queries', 'transposed'], output: 'products' },
      { operator: 'Div', inputs: ['products', 'temperature'], output: 'logits' },
      { operator: 'ReduceMax', inputs: ['logits', 'axis'], output: 'largest' },
      { operator: 'Sub', inputs: ['logits', 'largest'], output: 'shifted' },
      { operator: 'Exp', inputs: ['shifted'], output: 'exponentials' },
      { operator: 'ReduceSum', inputs: ['exponentials', 'axis'], output: 'sums' },
      { operator: 'Log', inputs: ['sums'], output: 'logarithms' },
      { operator: 'Add', inputs: ['logarithms', 'largest'], output: 'logSumExp' },
      { operator: 'Mul', inputs: ['queries', 'keys'], output: 'matches' },
      { operator: 'ReduceSum', inputs: ['matches', 'axis'], output: 'matched' },
      { operator: 'Div', inputs: ['matched', 'temperature'], output: 'positives' },
      { operator: 'Sub', inputs: ['logSumExp', 'positives'], output: 'rows' },
      { operator: 'ReduceMean', inputs: ['rows'], output: 'loss', attributes: { keepdims: 0 } },
    ],
    output: 'loss',
  });
}
