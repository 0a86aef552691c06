import { describe, expect, test } from 'vitest';
import type { Batch, LabelledBatch } from '../../src/engine/engine.ts';
import { buildPairs } from '../../src/engine/reference/pairs.ts';
import { pointsOf } from '../../src/engine/reference/points.ts';
import { Slices } from '../../src/engine/slices.ts';
import { openTowers } from '../../src/engine/towers.ts';
import { validateEvaluation } from '../../src/engine/validate.ts';
import type { LossSpec } from '../../src/losses/registry.ts';
import type { PairMatrix } from '../../src/losses/pair-matrix.ts';
import type { PointSet } from '../../src/losses/point-set.ts';
import { losses } from '../../src/losses/registry.ts';
import { variations } from '../conformance/specs.ts';
import { engine, labelled, lossOf, paired } from './small.ts';

async function pairsOf(spec: LossSpec, batch: Batch): Promise<PairMatrix> {
  const { values, layout } = validateEvaluation(spec, batch);
  const slices = new Slices(1);
  return buildPairs(batch, layout, await openTowers(batch, Boolean(values.normalize), slices), slices);
}

async function pointSetOf(spec: LossSpec, batch: Batch): Promise<PointSet> {
  const { values, layout } = validateEvaluation(spec, batch);
  return pointsOf(batch, layout, await openTowers(batch, Boolean(values.normalize), new Slices(1)));
}

/** The loss of moved batches by its formula, where the factors that its gradient holds still stay as in this batch. */
async function lossHolding(spec: LossSpec, batch: Batch): Promise<(moved: Batch) => Promise<number>> {
  const { loss, values } = validateEvaluation(spec, batch);
  if (loss.skeleton === 'pairs') {
    const still = await pairsOf(spec, batch);
    return async (moved) => loss.formula(await pairsOf(spec, moved), values, still).loss;
  }
  const still = await pointSetOf(spec, batch);
  return async (moved) => loss.formula(await pointSetOf(spec, moved), values, still).loss;
}

/** d value / d position at `at` from central differences, Richardson's step against their curvature. */
async function slope(
  value: (position: number) => Promise<number>,
  at: number,
  step: number,
): Promise<number> {
  const central = async (half: number) => {
    const [above, below] = [Math.fround(at + half), Math.fround(at - half)];
    return ((await value(above)) - (await value(below))) / (above - below);
  };
  return (4 * (await central(step / 2)) - (await central(step))) / 3;
}

const pairs = [
  ['one pair', labelled(3, [0, 0])],
  ['pairs in the plane', labelled(2, [0, 1, 2, 3, 0, 1, 2, 3])],
  ['pairs in five dimensions', labelled(5, [0, 0, 1, 1, 2, 2])],
] as const;
const classes = [
  ['uneven classes and a loner', labelled(3, [7, 7, 7, 7, 0, 0, 0, 3, 3, 9])],
  ['one class', labelled(3, [1, 1, 1, 1])],
] as const;
const towers = [
  ['one query', paired(3, 1)],
  ['five queries', paired(4, 5)],
] as const;
const similar = [
  ['similar and dissimilar pairs', { ...paired(3, 5), similar: Uint8Array.of(1, 0, 1, 1, 0) }],
] as const;
const queue = [
  ['extra negatives', paired(3, 4, 6)],
  ['one query and its extra negative', paired(2, 1, 1)],
] as const;

/** Numbers at which every loss is smooth enough for differences. */
const GENTLE: Record<string, number> = {
  temperature: 0.4,
  logitScale: 3,
  logitBias: -1,
  alpha: 1.5,
  beta: 3,
  gamma: 1,
  invarianceLambda: 2,
  varianceMu: 3,
  covarianceNu: 0.5,
  lambda: 0.3,
};
/** Small enough for no term of the batches below to reach the corner of its hinge. */
const STEP = 2 ** -12;

const LEARNABLE = ['temperature', 'logitScale', 'logitBias'];

/** Every loss of the registry, its choices and switches in all combinations, so that a new loss is covered. */
const cases = losses.flatMap((loss) => {
  const gentle = Object.fromEntries(Object.entries(GENTLE).filter(([name]) => name in loss.parameters));
  const batches: readonly (readonly [string, Batch])[] =
    loss.batch === 'labelled'
      ? [...pairs, ...classes, ...(loss.takesSimilar ? similar : [])]
      : [...towers, ...(loss.extraNegatives ? queue : [])];
  const accepted = batches.filter(([, batch]) => !loss.needsNegatives || hasNegatives(batch));
  return variations(loss).flatMap((variation) => {
    const spec = { kind: loss.kind, ...gentle, ...variation } as LossSpec;
    return accepted.map(([name, batch]): [string, LossSpec, Batch] => [name, spec, batch]);
  });
});

describe.each(cases)('%s %o', (_, spec, batch) => {
  test('the gradient is the slope of the loss in every component', async () => {
    const { gradient } = await engine.evaluate(spec, batch, { gradient: true });
    const inputs = Object.keys(gradient!) as ('embeddings' | 'queries' | 'keys' | 'negatives')[];
    const movedLoss = await lossHolding(spec, batch);
    expect(inputs).toEqual('embeddings' in batch ? ['embeddings'] : Object.keys(batch).filter(isVectors));
    for (const input of inputs) {
      const values = (batch as unknown as Record<string, Float32Array>)[input];
      const slopes = (gradient as Record<string, Float32Array>)[input];
      expect(slopes).toHaveLength(values.length);
      for (let index = 0; index < values.length; index++) {
        const lossAt = (value: number) => movedLoss({ ...batch, [input]: values.with(index, value) });
        const expected = await slope(lossAt, values[index], STEP);
        const error = Math.abs(slopes[index] - expected);
        expect(error, `${input}[${index}] ${expected}`).toBeLessThan(2e-6 * Math.max(1, Math.abs(expected)));
      }
    }
  });

  test('the parameter gradients are the slopes of the loss', async () => {
    const { parameterGradients } = await engine.evaluate(spec, batch, { gradient: true });
    const { loss, values } = validateEvaluation(spec, batch);
    expect(Object.keys(parameterGradients!)).toEqual(LEARNABLE.filter((name) => name in loss.parameters));
    for (const [parameter, gradient] of Object.entries(parameterGradients!)) {
      const at = values[parameter] as number;
      const moved = (value: number) => lossOf({ ...spec, [parameter]: value }, batch);
      const expected = await slope(moved, at, Math.abs(at) / 256);
      expect(Math.abs(gradient - expected), parameter).toBeLessThan(1e-6 * (1 + Math.abs(expected)));
    }
  });

  test.runIf(isMeanOfRows(spec))('row losses, weighed by their terms, average to the loss', async () => {
    const { loss, count, rowLosses } = await engine.evaluate(spec, batch, { rowLosses: true });
    const weights = Array.from(rowLosses!, (_row, row) => termsOf(spec, batch, row));
    expect(weights.reduce((sum, weight) => sum + weight)).toBe(count);
    const mean = rowLosses!.reduce((sum, rowLoss, row) => sum + rowLoss * weights[row], 0) / count;
    expect(Math.abs((count === 0 ? 0 : mean) - loss)).toBeLessThan(1e-6 * (1 + Math.abs(loss)));
  });
});

function hasNegatives(batch: Batch): boolean {
  return !('labels' in batch) || new Set(batch.labels).size > 1;
}

/** Whether a loss is a mean over all of its anchors' terms, and not a sum of means or a logarithm of one. */
function isMeanOfRows(spec: LossSpec): boolean {
  if (spec.kind === 'contrastive' || spec.kind === 'triplet-margin') return spec.reduction === 'mean';
  return spec.kind !== 'align-uniform';
}

/** How many terms the documentation promises an anchor. */
function termsOf({ kind }: LossSpec, { labels }: Partial<LabelledBatch>, anchor: number): number {
  if (!labels) return 1;
  const positives = labels.filter((label) => label === labels[anchor]).length - 1;
  switch (kind) {
    case 'sup-con':
      return Math.min(positives, 1);
    case 'circle':
      return positives > 0 && positives < labels.length - 1 ? 1 : 0;
    case 'triplet-margin':
      return positives * (labels.length - 1 - positives);
    case 'contrastive':
      return labels.length - 1;
    case 'multi-similarity':
      return Math.min(labels.length - 1, 1);
    default:
      return positives;
  }
}

function isVectors(name: string): boolean {
  return name !== 'dimension' && name !== 'similar';
}
