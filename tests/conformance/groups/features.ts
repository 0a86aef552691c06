import type { PairedBatch } from '../../../src/engine/engine.ts';
import type { LossSpec } from '../../../src/losses/registry.ts';
import { losses } from '../../../src/losses/registry.ts';
import { gaussian, paired } from '../batches.ts';
import type { Case, Group } from '../case.ts';
import { agreesWithReference } from '../compare.ts';
import { scalesOf } from '../scales.ts';
import { gradient as gradientTolerance, meanLoss, SMALLEST } from '../../../src/truths/tolerances.ts';

const raw: LossSpec[] = losses
  .filter(({ skeleton }) => skeleton === 'features')
  .map(({ kind }) => ({ kind, normalize: false }) as LossSpec);

const manyPoints: Case = {
  name: 'so many points that several workgroups share them, and features beyond a tile',
  run: async (engine, checks) => {
    for (const spec of raw) {
      await agreesWithReference(checks, engine, spec, paired(2500, 35, 'raw'));
      await agreesWithReference(checks, engine, spec, paired(1025, 2, 'raw'));
    }
  },
};

const constantFeatures: Case = {
  name: 'constant features, in one tower or in both',
  run: async (engine, checks) => {
    const dimension = 5;
    const constant = (vectors: Float32Array, feature: number) =>
      vectors.map((component, at) => (at % dimension === feature ? 0.7 : component));
    const batch = paired(33, dimension, 'raw');
    const queries = constant(constant(batch.queries, 1), 3);
    const keys = constant(batch.keys, 3);
    for (const spec of raw) {
      await agreesWithReference(checks, engine, spec, { dimension, queries, keys });
      await agreesWithReference(checks, engine, { ...spec, normalize: true } as LossSpec, {
        dimension,
        queries,
        keys,
      });
    }
  },
};

/** Multiples of 2^-10 below 8, so that a thousand can be added without rounding. */
function onGrid(count: number, dimension: number, stream: number): Float32Array {
  return gaussian(count, dimension, stream).map((component) => Math.round(1024 * component) / 1024);
}

const largeMeans: Case = {
  name: 'a mean of a thousand costs no digits: losses over features do not see it',
  run: async (engine, checks) => {
    const dimension = 6;
    const batch: PairedBatch = {
      dimension,
      queries: onGrid(150, dimension, 60),
      keys: onGrid(150, dimension, 61),
    };
    const moved: PairedBatch = {
      dimension,
      queries: batch.queries.map((component) => component + 1000),
      keys: batch.keys.map((component) => component + 1000),
    };
    for (const spec of raw) {
      const options = { gradient: true } as const;
      const expected = await engine.evaluate(spec, batch, options);
      const got = await engine.evaluate(spec, moved, options);
      const scales = await scalesOf(spec, batch);
      checks.near(`${spec.kind} loss`, got.loss, expected.loss, meanLoss('webgpu', expected.loss, 1));
      for (const [tower, gradient] of Object.entries(expected.gradient ?? {})) {
        const actual = Object.entries(got.gradient ?? {}).find(([name]) => name === tower)?.[1];
        const scale = tower === 'queries' ? scales.rows : scales.columns;
        checks.allNear(`${spec.kind} gradient of ${tower}`, actual, gradient, (index) => {
          return gradientTolerance(1) * scale[Math.floor(index / dimension)] + SMALLEST;
        });
      }
    }
  },
};

const noRows: Case = {
  name: 'what has no terms of rows gives every row the loss of the batch, and counts the pairs',
  run: async (engine, checks) => {
    for (const spec of raw) {
      const { loss, count, rowLosses } = await engine.evaluate(spec, paired(70, 3, 'raw'), {
        rowLosses: true,
      });
      checks.near(`${spec.kind} count`, count, 70, 0);
      checks.allNear(`${spec.kind} row losses`, rowLosses, new Float32Array(70).fill(loss), () => 0);
    }
  },
};

/** The losses over features, beyond what every loss has to do. */
export const featureGroup: Group = {
  name: 'features',
  cases: [manyPoints, constantFeatures, largeMeans, noRows],
};
