/** Runs in the browser: the variants of the pair skeleton, each by name. */
import {
  exportChoices,
  forgetChoices,
  importChoices,
  measuredVariant,
  overrideVariant,
} from '../../src/engine/webgpu/pair-tuning.ts';
import type { PairChoices } from '../../src/engine/webgpu/pair-tuning.ts';
import type { PairShape } from '../../src/engine/webgpu/pair-shape.ts';
import { possibleVariants } from '../../src/engine/webgpu/pair-variant.ts';
import type { PairVariant } from '../../src/engine/webgpu/pair-variant.ts';
import { requestGpu } from '../../src/engine/webgpu/request-gpu.ts';
import { createEngine, findLoss } from '../../src/index.ts';
import type { Batch, LossSpec } from '../../src/index.ts';
import type { AnyPairLoss } from '../../src/losses/registry.ts';
import { labelled, paired } from '../conformance/batches.ts';
import type { Report } from '../conformance/checks.ts';
import { runGroup } from '../conformance/case.ts';
import { agreesWithReference } from '../conformance/compare.ts';

/** On either side of a lane's quad, of a block, and of one, two and three blocks, which meet in one to three rounds. */
const SIZES = [1, 5, 31, 32, 33, 64, 65, 97, 161];
/** The same for blocks of 256 points. */
const UNROLLED_SIZES = [1, 5, 33, 65, 255, 257, 513];
/** Enough for columns to be split. */
const SPLIT_SIZES: Partial<Record<PairVariant, number>> = { workgroup: 1030, blocked: 520 };
/** Narrow kernels and others; a vector of four components that is full, just begun, or one of several. */
const DIMENSIONS = [1, 3, 4, 5, 36, 67];
/** What is staged at a time: not all of it, all of it, just more; and more than is collected at a time. */
const WIDE_DIMENSIONS = [5, 16, 17, 33, 67, 130];
/** A vector of four components that is full, and many of them; few, for each dimension is compiled by itself. */
const UNROLLED_DIMENSIONS = [8, 59];

const DIMENSIONS_OF: Record<PairVariant, readonly number[]> = {
  workgroup: DIMENSIONS,
  blocked: WIDE_DIMENSIONS,
  subgroup: DIMENSIONS,
  unrolled: UNROLLED_DIMENSIONS,
};

async function device(): Promise<GPUDevice> {
  const gpu = await requestGpu('webgpu');
  if ('reason' in gpu) throw new Error(gpu.reason);
  return gpu.device;
}

export async function variants(): Promise<PairVariant[]> {
  return possibleVariants(await device(), { dimension: 5 });
}

/** One set, a set with several positives per anchor, one and two towers of anchors, and towers of unequal length. */
export async function agrees(variant: PairVariant, lanes = 1): Promise<Report> {
  overrideVariant(variant);
  const engine = await createEngine({ backend: 'webgpu' });
  const compared: [LossSpec, (size: number, dimension: number) => Batch][] = [
    [{ kind: 'nt-xent' }, (size, dimension) => labelled('pairs', Math.ceil(size / 2), dimension, 'random')],
    [{ kind: 'nt-xent' }, (size, dimension) => labelled('classes', size, dimension, 'random')],
    [{ kind: 'info-nce' }, (size, dimension) => paired(size, dimension, 'random')],
    [{ kind: 'clip' }, (size, dimension) => paired(size, dimension, 'random')],
    [{ kind: 'info-nce' }, (size, dimension) => paired(size, dimension, 'random', 70)],
    [{ kind: 'info-nce' }, (size, dimension) => paired(size + 70, dimension, 'random', 3)],
  ];
  const dimensions = DIMENSIONS_OF[variant];
  const sizes = variant === 'unrolled' ? UNROLLED_SIZES : SIZES;
  const splitSize = SPLIT_SIZES[variant];
  const cases = [...sizes, ...(splitSize ? [splitSize] : [])].flatMap((size, index) =>
    (size === splitSize ? compared.filter((_, which) => which % 2 === 0) : compared).map(
      ([spec, batch], which) => {
        const dimension = dimensions[(index + which) % dimensions.length];
        return {
          name: `${variant}: ${spec.kind} (${which}), size ${size}, dimension ${dimension}`,
          run: (_: unknown, checks: Parameters<typeof agreesWithReference>[0]) =>
            agreesWithReference(checks, engine, spec, batch(size, dimension)),
        };
      },
    ),
  );
  const report = await runGroup({ name: variant, cases }, engine, lanes);
  engine.dispose();
  overrideVariant(undefined);
  return report;
}

function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** Blocks that are too many for one dispatch, or the largest dimension that is unrolled: too much for the reference. */
export async function agreesWithCpu(
  pairs: number,
  dimension: number,
): Promise<{ loss: number; gradient: number }> {
  const batch = labelled('pairs', pairs, dimension, 'random');
  const evaluate = async (backend: 'webgpu' | 'cpu') => {
    const engine = await createEngine({ backend });
    const { loss, gradient } = await engine.evaluate({ kind: 'nt-xent' }, batch, { gradient: true });
    engine.dispose();
    if (!gradient || !('embeddings' in gradient)) throw new Error('There is no gradient.');
    return { loss, gradient: gradient.embeddings };
  };
  const [one, other] = [await evaluate('webgpu'), await evaluate('cpu')];
  return {
    loss: Math.abs(one.loss - other.loss) / other.loss,
    gradient: largest(one.gradient.map((value, at) => value - other.gradient[at])) / largest(other.gradient),
  };
}

export interface Tuning {
  quickest: PairVariant;
  choices: PairChoices;
  /** What is used once another choice was imported. */
  imported: PairVariant;
  /** Choices after nonsense was imported. */
  afterNonsense: PairChoices;
}

export async function tune(): Promise<Tuning> {
  const gpu = await device();
  const loss = findLoss('nt-xent') as AnyPairLoss;
  const shape: PairShape = {
    kind: 'labelled',
    dimension: 5,
    rows: 64,
    extraNegatives: 0,
    refines: false,
    gradient: true,
    parameterGradients: false,
    entries: 0,
  };
  forgetChoices();
  const possible = possibleVariants(gpu, shape);
  const quickest = await measuredVariant(gpu, loss, shape, possible);
  const choices = exportChoices();
  const [key] = Object.keys(choices);
  importChoices({ [key]: quickest === 'workgroup' ? 'subgroup' : 'workgroup' });
  const imported = await measuredVariant(gpu, loss, shape, possible);
  forgetChoices();
  importChoices({ [key]: 'no variant', other: 3 });
  const afterNonsense = exportChoices();
  gpu.destroy();
  return { quickest, choices, imported, afterNonsense };
}
