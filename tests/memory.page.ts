/** Runs in the browser: how much of the GPU's memory an evaluation takes. */
import { requestGpu } from '../src/engine/webgpu/request-gpu.ts';
import { createEngine, findLoss } from '../src/index.ts';
import type { Batch, LossKind } from '../src/index.ts';
import { countBuffers } from './browser/gpu-memory.ts';
import { gaussian, labels } from './conformance/batches.ts';

/**
 * The most bytes that an evaluation with gradient holds, and what is left of them once the engine is disposed of.
 * Everything is allocated, uploaded and read back, but no kernel runs: how much memory they get does not depend on it.
 */
export async function memoryOfEvaluation(
  kind: LossKind,
  count: number,
  dimension: number,
): Promise<{ peak: number; left: number }> {
  const gpu = await requestGpu('webgpu');
  if ('reason' in gpu) throw new Error(gpu.reason);
  const { device } = gpu;
  const memory = countBuffers(device);
  const { dispatchWorkgroups } = GPUComputePassEncoder.prototype;
  GPUComputePassEncoder.prototype.dispatchWorkgroups = () => undefined;
  try {
    const engine = await createEngine({ backend: 'webgpu', device });
    const [one, other] = [gaussian(count, dimension, 1), gaussian(count, dimension, 2)];
    // Classes, because anchors with several positives may need the rows twice, and memory for it.
    const batch: Batch =
      findLoss(kind)!.batch === 'paired'
        ? { dimension, queries: one, keys: other }
        : { dimension, embeddings: one, labels: labels('classes', count) };
    await engine.evaluate({ kind }, batch, { gradient: true, rowLosses: true });
    engine.dispose();
    return { peak: memory.peak, left: memory.bytes };
  } finally {
    GPUComputePassEncoder.prototype.dispatchWorkgroups = dispatchWorkgroups;
    device.destroy();
  }
}
