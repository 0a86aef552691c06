import datasetShader from '../../../shaders/dataset.wgsl?raw';
import metricsShader from '../../../shaders/metrics.wgsl?raw';
import randomShader from '../../../shaders/random.wgsl?raw';
import runStateShader from '../../../shaders/run-state.wgsl?raw';
import termsShader from '../../../shaders/terms.wgsl?raw';
import { pairCount } from '../../data/dataset.ts';
import { kernel } from '../../engine/webgpu/kernel.ts';
import type { Kernel } from '../../engine/webgpu/kernel.ts';
import { packUniform } from '../../engine/webgpu/wgsl.ts';
import { wholeWork } from '../../engine/webgpu/work.ts';
import type { Work } from '../../engine/webgpu/work.ts';
import { MEASURED } from '../metrics.ts';
import type { Start } from '../settings.ts';
import type { RunMemory } from './run-memory.ts';

/** What a run tells of itself; see shaders/metrics.wgsl. */
export interface Measurement {
  /** Alignment and uniformity, for the next report. */
  metrics: readonly Work[];
  /** Adds everything up into the report. */
  report: Work;
  dispose(): void;
}

/** @throws Error when a shader does not compile. */
export async function compileMeasurement(device: GPUDevice) {
  const source = [randomShader, datasetShader, runStateShader, termsShader, metricsShader].join('\n');
  const compute = (label: string, entryPoint: string) => kernel(device, { label, source, entryPoint });
  const [uniformity, alignment, summarize] = await Promise.all([
    compute('uniformity', 'measureUniformity'),
    compute('alignment', 'measureAlignment'),
    compute('report', 'summarize'),
  ]);
  return { uniformity, alignment, summarize };
}

/**
 * @param program what the step program computes: gradients and totals of a batch of so many points, and how many anchors
 * one counted term was summed over.
 */
export function createMeasurement(
  device: GPUDevice,
  { uniformity, alignment, summarize }: Awaited<ReturnType<typeof compileMeasurement>>,
  memory: RunMemory,
  { dataset, dimension }: Start,
  program: { gradients: GPUBuffer; totals: GPUBuffer; batchPoints: number; towers: number },
): Measurement {
  const measured = Math.min(dataset.points, MEASURED);
  const pairs = Math.min(pairCount(dataset), MEASURED);
  const { gradients, totals, batchPoints, towers } = program;
  const contents = packUniform(metricsShader, 'Measurement', {
    dimension,
    points: dataset.points,
    measured,
    pairs,
    batchPoints,
    towers,
  });
  const measurement = device.createBuffer({
    label: 'measurement',
    size: contents.byteLength,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(measurement, 0, contents);
  const whole = (entry: Kernel, invocations: number, size: number, cost: number, multiplyAdds: number) =>
    wholeWork(entry, { ...memory, measurement, gradients, totals }, invocations, size, cost, multiplyAdds);
  return {
    metrics: [
      // A product with every point, and that point's length.
      whole(uniformity, measured, 64, measured ** 2 * (2 * dimension + 8), 2 * measured ** 2 * dimension),
      // A distance, and two lengths.
      whole(alignment, pairs, 64, pairs * dimension, 3 * pairs * dimension),
    ],
    // The lengths of all points, and of the gradients.
    report: whole(summarize, 1, 1, dataset.points * dimension, (dataset.points + batchPoints) * dimension),
    dispose: () => measurement.destroy(),
  };
}
