import { createRequire } from 'node:module';
import { measureCeilings } from '../../src/engine/webgpu/ceilings.ts';
import type { LossProgram } from '../../src/engine/webgpu/loss-program.ts';
import { requestGpu } from '../../src/engine/webgpu/request-gpu.ts';
import { runInSlices } from '../../src/engine/webgpu/run-in-slices.ts';
import { createStopwatch } from '../../src/engine/webgpu/stopwatch.ts';
import { createStep } from './step.ts';
import { summarize } from './report.ts';
import type { Topic } from './report.ts';

const KINDS = ['nt-xent', 'info-nce'] as const;
const SHAPES = [
  [2048, 64],
  [4096, 128],
  [16384, 128],
] as const;

/** What a real GPU must reach of its multiply-adds at the largest shape. */
const WANTED = 0.5;

const ROUNDS = 7;

/** A measurement this long, in milliseconds, hides what a submission costs by itself; a step beyond LONG is cut in slices. */
const LONG_ENOUGH = 30;
const LONG = 400;

/** Seconds that one shape may take; a software device does not get to the largest ones. */
const PATIENCE = 60;

interface Dawn {
  create(flags: string[]): GPU;
  globals: Record<string, unknown>;
}

function giga(multiplyAdds: number): number {
  return (2 * multiplyAdds) / 1e9;
}

/**
 * Loss and gradients by our kernels under Node, on whatever device Dawn finds: a real GPU where there is a driver; a
 * software device with VK_ICD_FILENAMES at its description.
 */
export async function measureDawn(): Promise<Topic> {
  const topic: Topic = {
    title: 'A whole step (loss and gradients) under Node and Dawn, ms',
    rows: [],
    notes: [],
    requirements: [],
  };
  const load = createRequire(new URL('peers/package.json', import.meta.url));
  const { create, globals } = load('webgpu') as Dawn;
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: create([]) }, configurable: true });
  const gpu = await requestGpu('webgpu');
  if ('reason' in gpu) {
    topic.notes.push(gpu.reason);
    return topic;
  }
  const { device, description } = gpu;
  const isSoftware = description.includes('(software)');
  const ceilings = await measureCeilings(device);
  topic.notes.push(
    `${description}: ${giga(ceilings.multiplyAdds).toFixed(0)} GFLOP/s of multiply-adds in registers, ${(ceilings.bytes / 1e9).toFixed(0)} GB/s copied.`,
  );
  for (const kind of KINDS) {
    let slowest = 0;
    for (const [count, dimension] of SHAPES) {
      const shape = `${count} x ${dimension}`;
      // From one shape to the next it grows eightfold or more.
      if (32 * slowest > 1000 * PATIENCE) {
        topic.rows.push({
          loss: kind,
          'N x d': shape,
          ms: 'too slow for this device',
          'GFLOP/s': '',
          'of ceiling': '',
        });
        continue;
      }
      const { milliseconds, multiplyAdds } = await measureStep(device, kind, count, dimension);
      const { median } = summarize(milliseconds);
      slowest = median;
      const share = (1000 * multiplyAdds) / median / ceilings.multiplyAdds;
      topic.rows.push({
        loss: kind,
        'N x d': shape,
        ms: summarize(milliseconds),
        'GFLOP/s': (1000 * giga(multiplyAdds)) / median,
        'of ceiling': `${(100 * share).toFixed(0)} %`,
      });
      if (!isSoftware && count === 16384) {
        topic.requirements.push({
          what: `${kind} at ${shape} on ${description}, of its multiply-adds`,
          limit: `${100 * WANTED} % or more`,
          got: `${(100 * share).toFixed(0)} %`,
          met: share >= WANTED,
        });
      }
    }
  }
  device.destroy();
  return topic;
}

async function measureStep(
  device: GPUDevice,
  kind: (typeof KINDS)[number],
  count: number,
  dimension: number,
): Promise<{ milliseconds: number[]; multiplyAdds: number }> {
  const program = await createStep(device, kind, count, dimension);
  try {
    const milliseconds = await timesOf(device, program);
    const multiplyAdds = program.works.reduce((sum, work) => sum + work.multiplyAdds, 0);
    return { milliseconds, multiplyAdds };
  } finally {
    program.dispose();
  }
}

async function timesOf(device: GPUDevice, { works }: LossProgram): Promise<number[]> {
  const sliced = async () => {
    const begun = performance.now();
    await runInSlices(device, works, {});
    await device.queue.onSubmittedWorkDone();
    return performance.now() - begun;
  };
  await sliced();
  const first = await sliced();
  if (first > LONG) return [first, await sliced(), await sliced()];
  const stopwatch = await createStopwatch(device);
  // All kernels in one pass, many times in a row: one pair of timestamps around them all.
  const steps = (repeats: number) =>
    stopwatch.time((encoder, timer) => {
      const pass = encoder.beginComputePass({
        label: 'steps',
        timestampWrites: timer?.timestampWrites('steps'),
      });
      for (let repeat = 0; repeat < repeats; repeat++) {
        for (const { dispatch, tiles } of works) dispatch(pass, 0, tiles);
      }
      pass.end();
    });
  let repeats = 1;
  while ((await steps(repeats)) < LONG_ENOUGH && repeats < 1024) repeats *= 2;
  const milliseconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) milliseconds.push((await steps(repeats)) / repeats);
  stopwatch.dispose();
  return milliseconds;
}
