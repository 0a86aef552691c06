import { resolveLoss } from '../../losses/registry.ts';
import type { AnyPairLoss, LossSpec } from '../../losses/registry.ts';
import type { Batch } from '../engine.ts';
import { PairProgram } from './pair-program.ts';
import { NARROW } from './pair-shape.ts';
import type { PairShape } from './pair-shape.ts';
import { PAIR_VARIANTS, prefersSubgroups } from './pair-variant.ts';
import type { PairVariant } from './pair-variant.ts';
import { describeAdapter } from './request-gpu.ts';
import { submit } from './submit.ts';
import { WorkCursor } from './work.ts';

/** Rows of the batch that a variant is measured on at most: enough to see which is quicker, and done in milliseconds. */
const MEASURED_ROWS = 512;
const REPEATS = 5;

/** What was found quickest, by adapter and class of shapes. Survives the page where the page keeps it. */
export type PairChoices = Record<string, PairVariant>;

let choices: PairChoices = {};
let chosen: PairVariant | undefined;

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

/** The variants that the device has what it takes for. */
export function possibleVariants(device: GPUDevice): PairVariant[] {
  return PAIR_VARIANTS.filter((variant) => variant === 'workgroup' || device.features.has('subgroups'));
}

/**
 * The variant to use: the one that was chosen by hand, else the quickest, which is measured once per adapter and class of
 * shapes; or not at all, where it is known.
 */
export async function variantFor(
  device: GPUDevice,
  loss: AnyPairLoss,
  shape: PairShape,
): Promise<PairVariant> {
  const possible = possibleVariants(device);
  if (chosen && possible.includes(chosen)) return chosen;
  if (possible.length === 1) return possible[0];
  if (prefersSubgroups(device)) return 'subgroup';
  return measuredVariant(device, loss, shape);
}

/** The quickest variant for such shapes, from earlier measurements where there are any. */
export async function measuredVariant(
  device: GPUDevice,
  loss: AnyPairLoss,
  shape: PairShape,
): Promise<PairVariant> {
  const key = classOf(device, shape);
  if (!(key in choices)) {
    const times = new Map<PairVariant, number>();
    // One after the other, so that they do not disturb each other.
    for (const variant of possibleVariants(device)) {
      times.set(variant, await timeOf(device, loss, shape, variant));
    }
    const [[quickest]] = [...times].toSorted(([, one], [, other]) => one - other);
    choices[key] ??= quickest;
  }
  return choices[key];
}

/** Shapes that are alike: the same adapter, kind and order of size. */
function classOf(device: GPUDevice, { kind, dimension, rows, gradient }: PairShape): string {
  const order = Math.round(Math.log2(Math.min(rows, MEASURED_ROWS)));
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
  const sample = { ...shape, rows: Math.min(shape.rows, MEASURED_ROWS), extraNegatives: 0 };
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
