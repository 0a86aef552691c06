import type { Batch, Engine, LabelledBatch, PairedBatch } from '../../../src/engine/engine.ts';
import type { LossSpec } from '../../../src/losses/registry.ts';
import { findLoss, losses, resolveLoss } from '../../../src/losses/registry.ts';
import { copies, gaussian, labelled, paired } from '../batches.ts';
import type { Case, Group } from '../case.ts';
import type { Checks } from '../checks.ts';
import { agreesWithReference } from '../compare.ts';
import { scalesOf } from '../scales.ts';
import { atTemperature as at, specsFor } from '../specs.ts';
import { meanLoss } from '../../../src/truths/tolerances.ts';

const TEMPERATURES = [0.01, 0.07, 0.5, 10];

const LABELLED = specsFor(losses, 'labelled');
const PAIRED = specsFor(losses, 'paired');

function needsNegatives({ kind }: LossSpec): boolean {
  return Boolean(findLoss(kind)!.needsNegatives);
}

/** The loss has a known value, and gradient and row losses are those of the reference. */
async function hasLoss(
  checks: Checks,
  engine: Engine,
  spec: LossSpec,
  batch: Batch,
  expected: number,
): Promise<void> {
  const { loss } = await engine.evaluate(spec, batch);
  const { largestLogit: m } = await scalesOf(spec, batch);
  checks.near(`${JSON.stringify(spec)} loss`, loss, expected, meanLoss(engine.backend, expected, m));
  await agreesWithReference(checks, engine, spec, batch);
}

/** Loss, count, row losses and gradient are all exactly 0. */
async function isEmpty(checks: Checks, engine: Engine, spec: LossSpec, batch: LabelledBatch): Promise<void> {
  const got = await engine.evaluate(spec, batch, { gradient: true, rowLosses: true });
  checks.near(`${spec.kind} loss`, got.loss, 0, 0);
  checks.near(`${spec.kind} count`, got.count, 0, 0);
  const gradient = got.gradient && 'embeddings' in got.gradient ? got.gradient.embeddings : undefined;
  checks.allNear(`${spec.kind} gradient`, gradient, new Float32Array(batch.embeddings.length), () => 0);
  checks.allNear(`${spec.kind} row losses`, got.rowLosses, new Float32Array(batch.labels.length), () => 0);
}

/** What a batch costs when all points coincide, as the loss itself documents it; undefined where it has no such value. */
function collapsed(spec: LossSpec, candidates: number, dimension: number): number | undefined {
  const { loss, values } = resolveLoss(spec, (argument, expected) => {
    throw new Error(`${argument}: ${expected}`);
  });
  return loss
    .plateaus(values, { candidates, positives: 1, dimension })
    .find(({ name }) => name.includes('collapsed'))?.loss;
}

/** Truth 1: nothing can be told apart, at any temperature. */
const collapse: Case[] = [1, 2, 33, 64].map((pairs) => ({
  name: `all ${pairs} pairs identical: the documented plateau at every temperature`,
  run: async (engine, checks) => {
    const point = [0.6, -0.3, 1.2];
    const towers: PairedBatch = { dimension: 3, queries: copies(point, pairs), keys: copies(point, pairs) };
    const views: LabelledBatch = {
      ...labelled('pairs', pairs, 3, 'random'),
      embeddings: copies(point, 2 * pairs),
    };
    const costs = async (spec: LossSpec, batch: Batch, candidates: number) => {
      const expected = collapsed(spec, candidates, batch.dimension);
      if (expected !== undefined) await hasLoss(checks, engine, spec, batch, expected);
    };
    for (const temperature of TEMPERATURES) {
      for (const spec of PAIRED) await costs(at(spec, temperature), towers, pairs);
      for (const spec of LABELLED) {
        if (pairs > 1 || !needsNegatives(spec)) await costs(at(spec, temperature), views, 2 * pairs - 1);
      }
      const queue = { ...towers, negatives: copies(point, 50) };
      await costs({ kind: 'info-nce', temperature }, queue, 51);
      const oneClass = { ...views, labels: new Uint32Array(2 * pairs) };
      await costs({ kind: 'sup-con', temperature }, oneClass, 2 * pairs - 1);
    }
  },
}));

const noPositives: Case[] = [1, 2, 65].map((points) => ({
  name: `${points} points without a positive: loss 0, count 0, gradient 0`,
  run: async (engine, checks) => {
    const batch = labelled('singletons', points, 5, 'random');
    for (const spec of LABELLED) {
      // Their negatives are terms of their own, unless there is but one point.
      if ((spec.kind === 'multi-similarity' || spec.kind === 'contrastive') && points > 1) continue;
      await isEmpty(checks, engine, spec, batch);
      if ('negatives' in findLoss(spec.kind)!.parameters) {
        await isEmpty(checks, engine, { ...spec, negatives: false } as LossSpec, batch);
      }
    }
  },
}));

const batchOfOne: Case = {
  name: 'one pair: nothing to tell it from, loss 0 of one term per anchor',
  run: async (engine, checks) => {
    for (const kind of ['info-nce', 'clip', 'n-pairs'] as const) {
      const { loss, count } = await engine.evaluate({ kind }, paired(1, 4, 'random'));
      checks.near(`${kind} loss`, loss, 0, 0);
      checks.near(`${kind} count`, count, 1, 0);
    }
    for (const kind of ['nt-xent', 'sup-con'] as const) {
      const { loss, count } = await engine.evaluate({ kind }, labelled('pairs', 1, 4, 'random'));
      checks.near(`${kind} loss`, loss, 0, meanLoss(engine.backend, 0, 1));
      checks.near(`${kind} count`, count, 2, 0);
    }
  },
};

/**
 * Zero and any unit vector are 1 apart but for rounding: the very corner of a margin, and ties for mining to choose from.
 * Their cosine ties exactly.
 */
function clearOfOne(spec: LossSpec): LossSpec {
  if (spec.kind === 'contrastive') return { ...spec, negativeMargin: 0.9 };
  return spec.kind === 'triplet-margin' ? { ...spec, distance: 'cosine' } : spec;
}

const zeroVectors: Case = {
  name: 'zero vectors: cosine 0 with everything, gradient exactly 0',
  run: async (engine, checks) => {
    const dimension = 5;
    for (const any of LABELLED) {
      const spec = clearOfOne(any);
      const batch = labelled('pairs', 9, dimension, 'random');
      batch.embeddings.fill(0, 2 * dimension, 4 * dimension);
      await agreesWithReference(checks, engine, spec, batch);
      const { gradient } = await engine.evaluate(spec, batch, { gradient: true });
      const rows = gradient && 'embeddings' in gradient ? gradient.embeddings : undefined;
      const zeros = rows?.subarray(2 * dimension, 4 * dimension);
      checks.allNear(`${spec.kind} gradient`, zeros, new Float32Array(2 * dimension), () => 0);
    }
    const nothing: PairedBatch = {
      dimension,
      queries: new Float32Array(7 * dimension),
      keys: new Float32Array(7 * dimension),
    };
    for (const temperature of TEMPERATURES) {
      for (const spec of PAIRED) await agreesWithReference(checks, engine, at(spec, temperature), nothing);
      await hasLoss(checks, engine, { kind: 'info-nce', temperature }, nothing, Math.log(7));
    }
  },
};

const antipodal: Case = {
  name: 'the positive opposite, the negative on top: loss softplus(2 / temperature)',
  run: async (engine, checks) => {
    const query = [0.6, 0.8];
    const batch: PairedBatch = {
      dimension: 2,
      queries: Float32Array.from(query),
      keys: Float32Array.from(query, (component) => -component),
      negatives: Float32Array.from(query),
    };
    for (const temperature of TEMPERATURES) {
      const gap = 2 / temperature;
      const expected = gap + Math.log1p(Math.exp(-gap));
      // 0.6 and 0.8 in single precision are not quite on the circle, but normalization puts them there.
      await hasLoss(checks, engine, { kind: 'info-nce', temperature }, batch, expected);
    }
    for (const spec of [...LABELLED, ...PAIRED]) {
      for (const temperature of TEMPERATURES) {
        const views = gaussian(12, 3, 9);
        const opposite = views.map((component) => -component);
        const towers: PairedBatch = { dimension: 3, queries: views, keys: opposite };
        const set: LabelledBatch = {
          ...labelled('pairs', 12, 3, 'random'),
          embeddings: Float32Array.of(...views, ...opposite),
        };
        await agreesWithReference(
          checks,
          engine,
          at(spec, temperature),
          PAIRED.includes(spec) ? towers : set,
        );
      }
    }
  },
};

/** From below the clamp of the normalization to where squares leave single precision's range. */
const LENGTHS = [1e-20, 1e-13, 1e-10, 1e10, 1e18];

function ofLength(length: number, vectors: Float32Array, dimension: number): Float32Array {
  return vectors.map((component, index) => {
    const start = index - (index % dimension);
    return (length * component) / Math.hypot(...vectors.subarray(start, start + dimension));
  });
}

const extremeLengths: Case[] = LENGTHS.map((length) => ({
  name: `vectors of length about ${length}, normalized`,
  run: async (engine, checks) => {
    for (const dimension of [3, 64]) {
      const set = labelled('pairs', 17, dimension, 'random');
      set.embeddings = ofLength(length, set.embeddings, dimension);
      for (const spec of LABELLED)
        await agreesWithReference(checks, engine, { ...spec, normalize: true }, set);
      const towers = paired(17, dimension, 'random');
      towers.queries = ofLength(length, towers.queries, dimension);
      for (const spec of PAIRED)
        await agreesWithReference(checks, engine, { ...spec, normalize: true }, towers);
    }
  },
}));

export const edgeCaseGroup: Group = {
  name: 'edge cases',
  cases: [...collapse, ...noPositives, batchOfOne, zeroVectors, antipodal, ...extremeLengths],
};
