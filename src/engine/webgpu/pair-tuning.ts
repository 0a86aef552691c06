import { resolveLoss } from '../../losses/registry.ts';
import type { AnyPairLoss, LossSpec } from '../../losses/registry.ts';
import type { Batch } from '../engine.ts';
import { PairProgram } from './pair-program.ts';
import { NARROW } from './pair-shape.ts';
import type { PairShape } from './pair-shape.ts';
import {
  exchanges,
  isWorthUnrolling,
  PAIR_VARIANTS,
  possibleVariants,
  prefersSubgroups,
} from './pair-variant.ts';
import type { PairVariant } from './pair-variant.ts';
import { largestBinding } from './memory.ts';
import { describeAdapter, isSoftware } from './request-gpu.ts';
import { submit } from './submit.ts';
import { WorkCursor } from './work.ts';

/** Rows of the batch that variants are measured on: more, as long as the quickest is done too soon to say what it costs. */
const FIRST_ROWS = 512;
const MOST_ROWS = 8192;
const LONG_ENOUGH_MS = 4;
const REPEATS = 5;

/** What was found quickest, by adapter and class of shapes. Survives the page where the page keeps it. */
export type PairChoices = Record<string, PairVariant>;

let choices: PairChoices = {};
let chosen: PairVariant | undefined;
const fixed = new WeakMap<GPUDevice, PairVariant>();

/** The choices so far, to be kept. */
export function exportChoices(): PairChoices {
  return { ...choices };
}

/** Choices that were kept; entries that name no variant are ignored. */
export function importChoices(kept: Readonly<Record<string, unknown>>): void {
  for (const [key, variant] of Object.entries(kept)) {
    const known = PAIR_VARIANTS.find((name) => name === variant);
    if (known) choices[key] = known;
  }
}

/** Forgets all choices, so that they are measured anew. */
export function forgetChoices(): void {
  choices = {};
}

/** Uses this variant for all programs made from now on, wherever the device has what it takes; undefined = the quickest. */
export function overrideVariant(variant: PairVariant | undefined): void {
  chosen = variant;
}

/** The variants that may be used for points of so many dimensions: the one that was chosen by hand, or those worth a try. */
export function candidates(device: GPUDevice, shape: Pick<PairShape, 'dimension'>): PairVariant[] {
  const only = fixed.get(device) ?? chosen;
  const possible = possibleVariants(device, shape);
  if (only && possible.includes(only)) return [only];
  if (prefersSubgroups(device)) return possible.filter(exchanges);
  // Software has no memory that is nearer than another.
  if (isSoftware(device.adapterInfo)) return ['workgroup'];
  // Four lanes to a workgroup leave most of a wider subgroup idle.
  return possible.filter((variant) => !exchanges(variant));
}

/** Uses this variant for all programs of one device, where it is possible. */
export function fixVariant(device: GPUDevice, variant: PairVariant): void {
  fixed.set(device, variant);
}

/**
 * The variant to use: the only candidate that fits, or the quickest, measured once per adapter and class of shapes. In
 * software it is known which that is, and to compile both would take longer than many steps.
 */
export async function variantFor(
  device: GPUDevice,
  loss: AnyPairLoss,
  shape: PairShape,
): Promise<PairVariant> {
  const all = candidates(device, shape);
  const fitting = all.filter((variant) => fits(device, loss, shape, variant));
  // Where none fits, the first is as good as any to be refused.
  if (fitting.length <= 1) return fitting[0] ?? all[0];
  if (prefersSubgroups(device)) {
    const { rows, extraNegatives, dimension } = shape;
    return isWorthUnrolling(rows, rows + extraNegatives, dimension) ? 'unrolled' : 'subgroup';
  }
  return measuredVariant(device, loss, shape, fitting);
}

function fits(device: GPUDevice, loss: AnyPairLoss, shape: PairShape, variant: PairVariant): boolean {
  return PairProgram.largestBuffer(loss, shape, variant) <= largestBinding(device);
}

/** The quickest of some variants that fit, from earlier measurements of such shapes where there are any. */
export async function measuredVariant(
  device: GPUDevice,
  loss: AnyPairLoss,
  shape: PairShape,
  variants: readonly PairVariant[],
): Promise<PairVariant> {
  const key = classOf(device, shape);
  choices[key] ??= await quickestOf(device, loss, shape, variants);
  return variants.includes(choices[key]) ? choices[key] : variants[0];
}

async function quickestOf(
  device: GPUDevice,
  loss: AnyPairLoss,
  shape: PairShape,
  variants: readonly PairVariant[],
): Promise<PairVariant> {
  const most = Math.min(shape.rows, MOST_ROWS);
  for (let rows = Math.min(most, FIRST_ROWS); ; rows = Math.min(most, 4 * rows)) {
    const times: { variant: PairVariant; milliseconds: number }[] = [];
    // One after the other, so that they do not disturb each other.
    for (const variant of variants) {
      times.push({ variant, milliseconds: await timeOf(device, loss, { ...shape, rows }, variant) });
    }
    const [quickest] = times.toSorted((one, other) => one.milliseconds - other.milliseconds);
    if (rows === most || quickest.milliseconds >= LONG_ENOUGH_MS) return quickest.variant;
  }
}

/** Shapes that are alike: the same adapter, kind and order of size. */
function classOf(device: GPUDevice, { kind, dimension, rows, gradient }: PairShape): string {
  const order = Math.round(Math.log2(Math.min(rows, MOST_ROWS)));
  const width = dimension <= NARROW ? 'narrow' : `2^${Math.round(Math.log2(dimension))}`;
  const what = gradient ? 'with gradient' : 'loss alone';
  return `${describeAdapter(device.adapterInfo)}: ${kind}, 2^${order} rows x ${width}, ${what}`;
}

/** Milliseconds of one evaluation of a small batch like this. */
async function timeOf(
  device: GPUDevice,
  loss: AnyPairLoss,
  shape: PairShape,
  variant: PairVariant,
): Promise<number> {
  const sample = { ...shape, extraNegatives: 0 };
  const program = await PairProgram.create(device, loss, sample, variant);
  try {
    const { values } = resolveLoss({ kind: loss.kind } as LossSpec, (argument, expected) => {
      throw new Error(`${argument}: ${expected}`);
    });
    program.setParameters(values);
    program.upload(sampleBatch(sample));
    const times: number[] = [];
    for (let repeat = 0; repeat <= REPEATS; repeat++) {
      const encoder = device.createCommandEncoder({ label: `measure ${variant}` });
      new WorkCursor(program.works, 'measure').encode(encoder, Infinity);
      const begun = performance.now();
      await submit(device, encoder);
      await device.queue.onSubmittedWorkDone();
      // The first warms up.
      if (repeat > 0) times.push(performance.now() - begun);
    }
    return times.toSorted((one, other) => one - other)[REPEATS >> 1];
  } finally {
    program.dispose();
  }
}

/** Any points will do: the time does not depend on where they lie. */
function sampleBatch({ kind, dimension, rows }: PairShape): Batch {
  const points = Float32Array.from({ length: rows * dimension }, (_, index) => Math.cos(index * index));
  if (kind === 'paired') return { dimension, queries: points, keys: points };
  const pairs = Math.ceil(rows / 2);
  const labels = Uint32Array.from({ length: rows }, (_, row) => row % pairs);
  return { dimension, embeddings: points, labels };
}
