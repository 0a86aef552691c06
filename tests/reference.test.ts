import { describe, expect, test } from 'vitest';
import { normals } from '../src/data/random.ts';
import type { Batch, LabelledBatch, PairedBatch } from '../src/engine/engine.ts';
import { createReferenceEngine } from '../src/engine/reference/reference-engine.ts';
import { buildPairs } from '../src/engine/reference/pairs.ts';
import { pointsOf } from '../src/engine/reference/points.ts';
import { Slices } from '../src/engine/slices.ts';
import { openTowers } from '../src/engine/towers.ts';
import { validateEvaluation } from '../src/engine/validate.ts';
import type { LossSpec } from '../src/losses/registry.ts';
import type { PairMatrix } from '../src/losses/pair-matrix.ts';
import type { PointSet } from '../src/losses/point-set.ts';
import { softplus } from '../src/losses/pair-matrix.ts';
import { losses } from '../src/losses/registry.ts';
import { variations } from './conformance/specs.ts';

const engine = createReferenceEngine();

async function lossOf(spec: LossSpec, batch: Batch): Promise<number> {
  return (await engine.evaluate(spec, batch)).loss;
}

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

function labelled(dimension: number, labels: number[], seed = 1): LabelledBatch {
  return {
    dimension,
    embeddings: normals(labels.length * dimension, seed, 1),
    labels: Uint32Array.from(labels),
  };
}

function paired(dimension: number, count: number, extraNegatives = 0): PairedBatch {
  const batch: PairedBatch = {
    dimension,
    queries: normals(count * dimension, 2, 1),
    keys: normals(count * dimension, 2, 2),
  };
  if (extraNegatives > 0) batch.negatives = normals(extraNegatives * dimension, 2, 3);
  return batch;
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

/** `count` unit vectors whose cosines are all -1 / (count - 1). */
function simplex(count: number): Float32Array {
  const length = Math.sqrt(1 - 1 / count);
  return Float32Array.from(
    { length: count * count },
    (_, index) => (Number(index % count === Math.floor(index / count)) - 1 / count) / length,
  );
}

function repeated(vector: number[], count: number): Float32Array {
  return Float32Array.from({ length: vector.length * count }, (_, index) => vector[index % vector.length]);
}

describe('closed forms', () => {
  const same = [0.6, -0.8, 0];
  const pairIds = Uint32Array.from({ length: 12 }, (_, index) => index % 6);

  test.each([0.01, 0.1, 1])(
    'collapse costs the logarithm of the candidates at temperature %f',
    async (temperature) => {
      const set = { dimension: 3, embeddings: repeated(same, 12), labels: pairIds };
      const pair = { dimension: 3, queries: repeated(same, 6), keys: repeated(same, 6) };
      const negatives = repeated(same, 20);
      expect(await lossOf({ kind: 'nt-xent', temperature }, set)).toBeCloseTo(Math.log(11), 10);
      expect(await lossOf({ kind: 'sup-con', temperature }, set)).toBeCloseTo(Math.log(11), 10);
      expect(await lossOf({ kind: 'info-nce', temperature }, pair)).toBeCloseTo(Math.log(6), 10);
      expect(await lossOf({ kind: 'clip', logitScale: 1 / temperature }, pair)).toBeCloseTo(Math.log(6), 10);
      expect(await lossOf({ kind: 'info-nce', temperature }, { ...pair, negatives })).toBeCloseTo(
        Math.log(21),
        10,
      );
      expect(await lossOf({ kind: 'decoupled', temperature }, set)).toBeCloseTo(Math.log(10), 10);
      expect(await lossOf({ kind: 'debiased', temperature }, set)).toBeCloseTo(Math.log(11), 10);
      expect(await lossOf({ kind: 'hard-negative', temperature }, set)).toBeCloseTo(Math.log(11), 10);
      expect(await lossOf({ kind: 'n-pairs' }, pair)).toBeCloseTo(Math.log(6), 10);
    },
  );

  test('InfoNCE and CLIP at a simplex', async () => {
    const batch = { dimension: 7, queries: simplex(7), keys: simplex(7) };
    const temperature = 0.3;
    const expected = Math.log(1 + 6 * Math.exp(-7 / (6 * temperature)));
    const options = { gradient: true };
    const infoNce = await engine.evaluate({ kind: 'info-nce', temperature }, batch, options);
    expect(infoNce.loss).toBeCloseTo(expected, 6);
    const raw = { kind: 'clip', logitScale: 1 / temperature, normalize: false } as const;
    const clip = await engine.evaluate(raw, batch, options);
    expect(clip.loss).toBeCloseTo(expected, 6);
    const tangent = await engine.evaluate({ ...raw, normalize: true }, batch, options);
    const { queries } = tangent.gradient as { queries: Float32Array };
    for (const component of queries) expect(Math.abs(component)).toBeLessThan(1e-6);
  });

  test('NT-Xent at a simplex of pairs', async () => {
    const embeddings = new Float32Array([...simplex(6), ...simplex(6)]);
    const temperature = 0.2;
    const scale = 1 / temperature;
    const expected = Math.log(Math.exp(scale) + 10 * Math.exp(-scale / 5)) - scale;
    const batch = { dimension: 6, embeddings, labels: pairIds };
    expect(await lossOf({ kind: 'nt-xent', temperature }, batch)).toBeCloseTo(expected, 6);
  });

  test('DCL at a simplex of pairs', async () => {
    const batch = {
      dimension: 6,
      embeddings: new Float32Array([...simplex(6), ...simplex(6)]),
      labels: pairIds,
    };
    // 10 negatives at cosine -1/5; published for temperature 0.01, where masks by adding log(1e-45) leak.
    for (const temperature of [0.01, 0.1, 1]) {
      const expected = Math.log(10) - 6 / (5 * temperature);
      const loss = await lossOf({ kind: 'decoupled', temperature }, batch);
      expect(Math.abs(loss - expected)).toBeLessThan(1e-6 / temperature);
    }
  });

  test.each(['out', 'in'] as const)('SupCon (%s) at a simplex of classes', async (form) => {
    const [count, members, temperature] = [4, 3, 0.5];
    const vertices = simplex(count);
    const batch = {
      dimension: count,
      embeddings: new Float32Array(Array.from({ length: members }, () => [...vertices]).flat()),
      labels: Uint32Array.from({ length: count * members }, (_, index) => index % count),
    };
    const expected = Math.log(
      members - 1 + members * (count - 1) * Math.exp(-count / ((count - 1) * temperature)),
    );
    expect(await lossOf({ kind: 'sup-con', temperature, form }, batch)).toBeCloseTo(expected, 6);
  });

  test('SupCon of two views is NT-Xent', async () => {
    const batch = labelled(4, [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
    const options = { gradient: true };
    const supCon = await engine.evaluate({ kind: 'sup-con', temperature: 0.2 }, batch, options);
    const ntXent = await engine.evaluate({ kind: 'nt-xent', temperature: 0.2 }, batch, options);
    expect(supCon.loss).toBeCloseTo(ntXent.loss, 12);
    expect(supCon.count).toBe(ntXent.count);
    expect(supCon.parameterGradients!.temperature).toBeCloseTo(ntXent.parameterGradients!.temperature, 10);
  });

  test('the mean inside the logarithm never costs more than outside', async () => {
    const batch = labelled(3, [0, 0, 0, 1, 1, 1, 1]);
    const outside = await lossOf({ kind: 'sup-con', form: 'out' }, batch);
    expect(await lossOf({ kind: 'sup-con', form: 'in' }, batch)).toBeLessThan(outside);
  });
});

describe("optax's published numbers for NT-Xent at temperature 0.07", () => {
  const vectors = [-1.954, 1.078, 0.238, -0.5703, 1.8745, -0.0195, -0.6719, -1.921];

  test.each([
    ['pairs', vectors, [0, 0, 1, 1], 14.01032],
    ['classes', vectors, [0, 0, 0, 1], 8.968544],
    ['a zero vector', [0, 0, ...vectors.slice(2)], [0, 0, 1, 1], 9.2889],
  ])('%s', async (_, embeddings, labels, expected) => {
    const batch = {
      dimension: 2,
      embeddings: Float32Array.from(embeddings),
      labels: Uint32Array.from(labels),
    };
    expect(Math.abs((await lossOf({ kind: 'nt-xent', temperature: 0.07 }, batch)) - expected)).toBeLessThan(
      1e-4,
    );
  });
});

describe('SigLIP in closed form', () => {
  const spec = { kind: 'sig-lip', logitScale: 10, logitBias: -10 } as const;

  test('all cosines 0', async () => {
    const axes = Float32Array.from({ length: 64 }, (_, index) => Number(index % 9 === 0));
    const batch = { dimension: 8, queries: axes.slice(0, 32), keys: axes.slice(32) };
    expect(await lossOf(spec, batch)).toBeCloseTo(10.0000454 + 3 * 4.54e-5, 7);
  });

  test('at a simplex, the sum over all pairs divided by N', async () => {
    const batch = { dimension: 5, queries: simplex(5), keys: simplex(5) };
    const expected = softplus(-(3 - 1)) + 4 * softplus(-1 - 3 / 4);
    expect(await lossOf({ ...spec, logitScale: 3, logitBias: -1 }, batch)).toBeCloseTo(expected, 6);
  });
});

describe('multi-similarity in closed form', () => {
  const spec = { kind: 'multi-similarity' } as const;
  const same = repeated([0.6, -0.8], 6);

  test('collapsed, one positive and four negatives', async () => {
    const batch = { dimension: 2, embeddings: same, labels: Uint32Array.of(0, 1, 2, 0, 1, 2) };
    const expected = Math.log1p(Math.exp(-1)) / 2 + Math.log1p(4 * Math.exp(25)) / 50;
    expect(await lossOf(spec, batch)).toBeCloseTo(expected, 6);
  });

  test('an anchor without positives, and one without negatives, still has a term', async () => {
    const singletons = { dimension: 2, embeddings: same, labels: Uint32Array.of(0, 1, 2, 3, 4, 5) };
    expect(await lossOf(spec, singletons)).toBeCloseTo(Math.log1p(5 * Math.exp(25)) / 50, 6);
    const oneClass = { ...singletons, labels: new Uint32Array(6) };
    expect(await lossOf(spec, oneClass)).toBeCloseTo(Math.log1p(5 * Math.exp(-1)) / 2, 6);
  });
});

/** The published code of both papers, word for word, for one anchor: a positive and its negatives. */
function published(positive: number, negatives: number[], temperature: number, beta: number): number {
  const prior = 0.1;
  const count = negatives.length;
  const exps = negatives.map((similarity) => Math.exp(similarity / temperature));
  const importances = exps.map((value) => Math.exp(beta * Math.log(value)));
  const meanImportance = importances.reduce((sum, value) => sum + value) / count;
  const weighed = exps.reduce((sum, value, index) => sum + importances[index] * value, 0) / meanImportance;
  const own = Math.exp(positive / temperature);
  const estimate = Math.max(
    (-prior * count * own + weighed) / (1 - prior),
    count * Math.exp(-1 / temperature),
  );
  return -Math.log(own / (own + estimate));
}

describe('debiased and hard negatives', () => {
  const batch = labelled(4, [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
  const classesOf = labelled(3, [0, 0, 0, 1, 1, 1, 1]);

  test('without a prior, and all negatives alike, they are NT-Xent', async () => {
    for (const set of [batch, classesOf]) {
      const expected = await engine.evaluate({ kind: 'nt-xent' }, set, { gradient: true });
      for (const kind of ['debiased', 'hard-negative'] as const) {
        const spec = { kind, positivePrior: 0, ...(kind === 'hard-negative' && { concentration: 0 }) };
        const evaluation = await engine.evaluate(spec, set, { gradient: true });
        expect(evaluation.loss).toBeCloseTo(expected.loss, 12);
        expect(evaluation.parameterGradients!.temperature).toBeCloseTo(
          expected.parameterGradients!.temperature,
          10,
        );
      }
    }
  });

  test.each([0.2, 0.5, 2])(
    'the published code at temperature %f, above the floor and at it',
    async (temperature) => {
      const cosines = await engine.similarity(batch);
      for (const [kind, beta] of [
        ['debiased', 0],
        ['hard-negative', 1],
      ] as const) {
        const { rowLosses } = await engine.evaluate({ kind, temperature }, batch, { rowLosses: true });
        for (let row = 0; row < 10; row++) {
          const partner = (row + 5) % 10;
          const others = [...cosines.subarray(10 * row, 10 * row + 10)].filter(
            (_, column) => column !== row && column !== partner,
          );
          const expected = published(cosines[10 * row + partner], others, temperature, beta);
          expect(Math.abs(rowLosses![row] - expected)).toBeLessThan(2e-6);
        }
      }
    },
  );

  test('at the floor the positive is pulled and nobody pushed', async () => {
    // The positive on top, eight negatives opposite: less than nothing is left once the prior has taken its share.
    const embeddings = Float32Array.from(
      { length: 20 },
      (_, index) => [1, 0, -1, 0][index < 4 ? index % 2 : 2 + (index % 2)],
    );
    const labels = Uint32Array.of(0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
    const { loss } = await engine.evaluate({ kind: 'debiased' }, { dimension: 2, embeddings, labels });
    expect(loss).toBeCloseTo(Math.log1p(8 * Math.exp(-4)), 10);
  });

  test('a temperature of 0.01 does not overflow', async () => {
    const evaluation = await engine.evaluate({ kind: 'hard-negative', temperature: 0.01 }, batch, {
      gradient: true,
    });
    expect(Number.isFinite(evaluation.loss)).toBe(true);
    expect((evaluation.gradient as { embeddings: Float32Array }).embeddings.every(Number.isFinite)).toBe(
      true,
    );
  });
});

describe('circle in closed form', () => {
  const spec = { kind: 'circle' } as const;

  test('collapsed, one positive and four negatives', async () => {
    const batch = {
      dimension: 2,
      embeddings: repeated([0.6, -0.8], 6),
      labels: Uint32Array.of(0, 1, 2, 0, 1, 2),
    };
    expect(await lossOf(spec, batch)).toBeCloseTo(-80 * 0.4 * 0.4 + 80 * 1.4 * 0.6 + Math.log(4), 5);
  });

  test('pairs beyond their optimum weigh nothing, but stay in the sum', async () => {
    // Positives at cosine 1, negatives at -1: with a margin of -0.5, the optimum is 0.5 for both.
    const batch = {
      dimension: 1,
      embeddings: Float32Array.of(1, 1, -1, -1),
      labels: Uint32Array.of(0, 0, 1, 1),
    };
    const evaluation = await engine.evaluate({ ...spec, margin: -0.5 }, batch, { gradient: true });
    expect(evaluation.loss).toBeCloseTo(Math.log(1 + 2), 10);
    expect(evaluation.gradient).toEqual({ embeddings: new Float32Array(4) });
  });

  test('the gradient is that of constant weights, gamma [ ]+ sigmoid(lead) / 2 each way', async () => {
    const batch = {
      dimension: 2,
      embeddings: Float32Array.of(1, 0, 0, 1, -1, 0, 0, -1),
      labels: Uint32Array.of(0, 0, 1, 1),
    };
    const evaluation = await engine.evaluate({ ...spec, gamma: 1, normalize: false }, batch, {
      gradient: true,
    });
    // Each anchor: its positive at cosine 0 (logit 0.84), its negatives at 0 (logit -0.16) and -1 (weight and logit 0).
    const negatives = Math.log(Math.exp(-0.16) + 1);
    const miss = 1 / (1 + Math.exp(-0.84 - negatives));
    const [pull, push] = [-1.4 * miss, 0.4 * miss * Math.exp(-0.16 - negatives)];
    expect(evaluation.loss).toBeCloseTo(softplus(0.84 + negatives), 10);
    const { embeddings } = evaluation.gradient as { embeddings: Float32Array };
    // A mean over four anchors; each pair is pulled from both of its ends.
    expect(embeddings[1]).toBeCloseTo((2 * pull) / 4 - (2 * push) / 4, 6);
    expect(embeddings[0]).toBeCloseTo(0, 6);
  });
});

test("TensorFlow Addons' published number for N-pairs", async () => {
  const corners = Float32Array.of(1, 1, 1, -1, -1, 1, -1, -1);
  const batch = { dimension: 2, queries: corners, keys: corners };
  expect(await lossOf({ kind: 'n-pairs' }, batch)).toBeCloseTo(0.253856, 6);
});

describe('numbers that single precision loses', () => {
  test('a temperature of 0.01 neither overflows nor saturates', async () => {
    // The positive is orthogonal, the negative identical: 100 nats, where log(p + tiny) stops at 87.34.
    const batch = {
      dimension: 2,
      queries: Float32Array.of(1, 0),
      keys: Float32Array.of(0, 1),
      negatives: Float32Array.of(1, 0),
    };
    const spec = { kind: 'info-nce', temperature: 0.01 } as const;
    const { loss, gradient } = await engine.evaluate(spec, batch, { gradient: true });
    expect(loss).toBeCloseTo(100, 10);
    expect((gradient as { queries: Float32Array }).queries[1]).toBeCloseTo(-100, 4);
  });

  test('a loss of 1e-38 keeps its digits', async () => {
    const batch = {
      dimension: 1,
      queries: Float32Array.of(1),
      keys: Float32Array.of(1),
      negatives: Float32Array.of(-1),
    };
    const loss = await lossOf({ kind: 'info-nce', temperature: 1 / 44 }, batch);
    expect(loss / Math.exp(-88)).toBeCloseTo(1, 10);
  });
});

describe('nothing to learn from', () => {
  test('singletons give loss 0, count 0 and no gradient', async () => {
    for (const kind of ['nt-xent', 'sup-con'] as const) {
      const options = { gradient: true, rowLosses: true };
      const evaluation = await engine.evaluate({ kind }, labelled(3, [0, 1, 2]), options);
      expect(evaluation).toMatchObject({ loss: 0, count: 0 });
      expect((evaluation.gradient as { embeddings: Float32Array }).embeddings).toEqual(new Float32Array(9));
      expect(evaluation.rowLosses).toEqual(new Float32Array(3));
    }
  });

  test('a zero vector has cosine 0 and gradient 0', async () => {
    const batch = { ...labelled(2, [0, 0, 1, 1]), embeddings: Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1) };
    const { gradient } = await engine.evaluate({ kind: 'nt-xent' }, batch, { gradient: true });
    const { embeddings } = gradient as { embeddings: Float32Array };
    expect(embeddings.subarray(0, 2)).toEqual(new Float32Array(2));
    expect(embeddings.every(Number.isFinite)).toBe(true);
    expect((await engine.similarity(batch)).subarray(0, 4)).toEqual(new Float32Array(4));
  });

  test.each([1e-20, 1e20])('vectors of length %f are normalized like any other', async (length) => {
    const batch = labelled(3, [0, 0, 1, 1]);
    const scaled = { ...batch, embeddings: batch.embeddings.map((value) => value * length) };
    const expected = length < 1e-12 ? Math.log(3) : await lossOf({ kind: 'nt-xent' }, batch);
    expect(await lossOf({ kind: 'nt-xent' }, scaled)).toBeCloseTo(expected, 5);
  });
});

describe('stored matrices', () => {
  const batch = {
    dimension: 2,
    queries: Float32Array.of(3, 4, 0, 2),
    keys: Float32Array.of(1, 0, 0, 1),
    negatives: Float32Array.of(3, 3),
  };

  test.each([
    ['cosine', [0.6, 0.8, 1.4 * Math.SQRT1_2, 0, 1, Math.SQRT1_2]],
    ['dot', [3, 4, 21, 0, 2, 6]],
    ['euclidean', [Math.sqrt(20), Math.sqrt(18), 1, Math.sqrt(5), 1, Math.sqrt(10)]],
  ] as const)('%s', async (metric, expected) => {
    const similarity = await engine.similarity(batch, { metric });
    expected.forEach((value, index) => expect(similarity[index]).toBeCloseTo(value, 6));
    expect(similarity).toHaveLength(6);
  });

  test('softmax divides by the temperature, row by row, without overflow', async () => {
    const logits = Float32Array.of(0, Math.log(3), 1000, 1000, -1e30, 0);
    const softmax = await engine.softmax(logits, { rows: 3, columns: 2 }, 0.5);
    [0.1, 0.9, 0.5, 0.5, 0, 1].forEach((value, index) => expect(softmax[index]).toBeCloseTo(value, 6));
  });
});
