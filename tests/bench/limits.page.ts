/** Runs in the browser: what a step reaches of what the machine can do, and how it grows. */
import { measureThreads } from '../../src/engine/cpu/threads/ceiling.ts';
import { measureCeiling } from '../../src/engine/cpu/wasm/ceiling.ts';
import { measureWorks } from '../../src/engine/webgpu/kernel-times.ts';
import { requestGpu } from '../../src/engine/webgpu/request-gpu.ts';
import { createSimilarityProgram } from '../../src/engine/webgpu/similarity.ts';
import type { Work } from '../../src/engine/webgpu/work.ts';
import { createEngine } from '../../src/index.ts';
import { losses } from '../../src/losses/registry.ts';
import type { LossSpec } from '../../src/index.ts';
import { growthOf } from '../../src/simulation/stress/record.ts';
import { climb } from '../../src/simulation/stress/ramp.ts';
import type { Measured } from '../../src/simulation/stress/ramp.ts';
import type { StressRecord } from '../../src/simulation/stress/record.ts';
import { labelled, paired } from '../conformance/batches.ts';
import { batchFor } from './evaluation.page.ts';
import type { Kind } from './evaluation.page.ts';
import { createStep } from './step.ts';

/** Ceiling and steps are measured in turn, so that both meet the machine in every mood. */
const ROUNDS = 7;
const CEILING_MS = 100;

/** Steps follow each other for so long, as they do in a run: the first one wakes threads that the machine had put to rest. */
const STEPS_MS = 200;

/** And before all that: browsers compile quick code only while slow code runs. */
const WARM_UP_MS = 1000;

export interface Shares {
  threads: number;
  /** Milliseconds of every step, and multiply-adds per second that the same threads do in registers, in every round. */
  one: { milliseconds: number[]; ceilings: number[] };
  all: { milliseconds: number[]; ceilings: number[] };
}

/** On one thread, and on all of them. */
export async function sharesOnCpu(kind: Kind, count: number, dimension: number): Promise<Shares> {
  const threads = navigator.hardwareConcurrency;
  const all = await createEngine({ backend: 'cpu' });
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: 1, configurable: true });
  const one = await createEngine({ backend: 'cpu' });
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: threads, configurable: true });
  const batch = batchFor(kind, count, dimension);
  const shares: Shares = {
    threads,
    one: { milliseconds: [], ceilings: [] },
    all: { milliseconds: [], ceilings: [] },
  };
  const steps = async (engine: typeof one, duration: number) => {
    const milliseconds: number[] = [];
    const end = performance.now() + duration;
    for (let begun = performance.now(); begun < end; begun = performance.now()) {
      await engine.evaluate({ kind } as LossSpec, batch, { gradient: true });
      milliseconds.push(performance.now() - begun);
    }
    return milliseconds;
  };
  for (const engine of [one, all]) await steps(engine, WARM_UP_MS);
  for (let round = 0; round < ROUNDS; round++) {
    shares.one.milliseconds.push(...(await steps(one, STEPS_MS)));
    shares.one.ceilings.push((await measureCeiling(CEILING_MS)) / 2);
    shares.all.milliseconds.push(...(await steps(all, STEPS_MS)));
    shares.all.ceilings.push((await measureThreads()) ?? NaN);
  }
  one.dispose();
  all.dispose();
  return shares;
}

export interface GpuRates {
  description: string;
  /** Multiply-adds per second in every round: of the whole step, and of the stored matrix of similarities. */
  step: number[];
  product: number[];
}

/** The step beside a plain product of the same points, which stores its matrix and does nothing else. */
export async function ratesOnGpu(kind: Kind, count: number, dimension: number): Promise<GpuRates> {
  const gpu = await requestGpu('webgpu');
  if ('reason' in gpu) throw new Error(gpu.reason);
  const { device, description } = gpu;
  const step = await createStep(device, kind, count, dimension);
  const layout = { kind: 'paired', dimension, rows: count, columns: count } as const;
  const product = await createSimilarityProgram(device, layout, 'dot');
  const rates: GpuRates = { description, step: [], product: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const measured: [readonly Work[], number[]][] = [
      [step.works, rates.step],
      [product.works.slice(1), rates.product],
    ];
    for (const [works, into] of measured) {
      const times = await measureWorks(device, works);
      const multiplyAdds = works.reduce((sum, work) => sum + work.multiplyAdds, 0);
      into.push((1000 * multiplyAdds) / times.reduce((sum, { milliseconds }) => sum + milliseconds, 0));
    }
  }
  step.dispose();
  product.dispose();
  device.destroy();
  return rates;
}

/** Time and memory while the points double. */
export async function growth(
  backend: 'webgpu' | 'cpu',
  kind: Kind,
  from: number,
  to: number,
  dimension: number,
): Promise<{ measured: Measured[] } & Pick<StressRecord, 'time' | 'memory'>> {
  const engine = await createEngine({ backend });
  const measured: Measured[] = [];
  const ramp = { loss: { kind } as LossSpec, vary: 'points', from, to, fixed: dimension } as const;
  const budget = { seconds: Infinity, bytes: Infinity };
  await climb(engine, ramp, budget, { onMeasured: (each) => measured.push(each) });
  engine.dispose();
  return { measured, ...growthOf(ramp, measured) };
}

/** Milliseconds of every step of each loss as it comes, on two views of `count / 2` things. */
export async function everyLoss(
  count: number,
  dimension: number,
): Promise<{ kind: string; milliseconds: number[] }[]> {
  const engine = await createEngine({ backend: 'cpu' });
  const measured: { kind: string; milliseconds: number[] }[] = [];
  for (const { kind, batch: of } of losses) {
    const batch =
      of === 'paired'
        ? paired(count / 2, dimension, 'random')
        : labelled('pairs', count / 2, dimension, 'random');
    const milliseconds: number[] = [];
    const warmUntil = performance.now() + WARM_UP_MS / 2;
    const end = warmUntil + STEPS_MS;
    for (let begun = performance.now(); begun < end || milliseconds.length < 3; begun = performance.now()) {
      await engine.evaluate({ kind } as LossSpec, batch, { gradient: true });
      if (begun >= warmUntil) milliseconds.push(performance.now() - begun);
    }
    measured.push({ kind, milliseconds });
  }
  engine.dispose();
  return measured;
}
