import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Browser } from 'puppeteer';
import type { Hyperparameters, Start } from '../../src/simulation/settings.ts';
import { launch } from '../browser/launch.ts';
import { openModulePage } from '../browser/open-page.ts';
import type { ModulePage } from '../browser/open-page.ts';
import type { Case, Difference } from './gpu.page.ts';

const TWO_MINUTES = 120_000;

const CASES: Record<string, Case> = {
  'instances, NT-Xent, SGD on the sphere': aCase('instances', 128, 3, {
    loss: { kind: 'nt-xent' },
    batchPairs: 1000,
  }),
  'classes, SupCon, Adam on the circle, mini-batches': aCase('classes', 99, 2, {
    loss: { kind: 'sup-con' },
    batchPairs: 17,
    optimizer: 'adam',
  }),
  'classes, NT-Xent with several positives, momentum': aCase('classes', 99, 8, {
    loss: { kind: 'nt-xent' },
    batchPairs: 20,
    optimizer: 'momentum',
  }),
  'ring, InfoNCE, Adam in the plane': aCase('ring', 101, 5, {
    loss: { kind: 'info-nce' },
    batchPairs: 20,
    optimizer: 'adam',
    geometry: 'plane',
  }),
  'ring, CLIP, 70 dimensions': aCase('ring', 101, 70, {
    loss: { kind: 'clip' },
    batchPairs: 40,
    geometry: 'plane',
  }),
  'an encoder, NT-Xent, SGD on the sphere, mini-batches with noise': withEncoder(
    aCase('instances', 200, 5, {
      loss: { kind: 'nt-xent' },
      batchPairs: 40,
      augmentation: { noise: 0.5, axes: 3 },
    }),
    { inputs: 5, layers: 2, width: 33, activation: 'tanh' },
  ),
  'an encoder, two towers, classes, Adam, above three dimensions': withEncoder(
    aCase('classes', 99, 8, {
      loss: { kind: 'info-nce' },
      batchPairs: 17,
      optimizer: 'adam',
      augmentation: { noise: 1, axes: 100 },
    }),
    { inputs: 16, layers: 1, width: 32, activation: 'relu' },
  ),
  'a linear encoder, whole ring, momentum in the plane': withEncoder(
    aCase('ring', 101, 2, {
      loss: { kind: 'clip' },
      batchPairs: 50,
      optimizer: 'momentum',
      geometry: 'plane',
      learningRate: 0.01,
    }),
    { inputs: 4, layers: 0, width: 1, activation: 'linear' },
  ),
  'instances, VICReg in the plane, mini-batches': aCase('instances', 200, 6, {
    loss: { kind: 'vicreg', normalize: false },
    batchPairs: 70,
    geometry: 'plane',
  }),
  'ring, Barlow Twins, momentum': aCase('ring', 101, 3, {
    loss: { kind: 'barlow-twins' },
    batchPairs: 40,
    optimizer: 'momentum',
  }),
  'instances, SimSiam': aCase('instances', 60, 3, { loss: { kind: 'simsiam' }, batchPairs: 20 }),
  'classes, contrastive, SGD in the plane': aCase('classes', 99, 3, {
    loss: { kind: 'contrastive', form: 'hadsell', normalize: false },
    batchPairs: 17,
    geometry: 'plane',
  }),
  'classes, triplets, softly, SGD on the sphere': aCase('classes', 99, 5, {
    loss: { kind: 'triplet-margin', soft: true },
    batchPairs: 20,
  }),
  'ring, alignment and uniformity, SGD on the sphere': aCase('ring', 101, 3, {
    loss: { kind: 'align-uniform' },
    batchPairs: 20,
  }),
  'two points': aCase('instances', 2, 3, { loss: { kind: 'nt-xent' }, batchPairs: 1 }),
};

function aCase(
  kind: Case['start']['dataset']['kind'],
  points: number,
  dimension: number,
  changes: Partial<Hyperparameters> & Pick<Hyperparameters, 'loss' | 'batchPairs'>,
): Case {
  return {
    start: { seed: 7, dimension, dataset: { kind, points, classes: kind === 'classes' ? 4 : 1 } },
    hyperparameters: { optimizer: 'sgd', geometry: 'sphere', learningRate: 0.05, ...changes },
  };
}

function withEncoder({ start, hyperparameters }: Case, encoder: Start['encoder']): Case {
  return { start: { ...start, encoder }, hyperparameters };
}

for (const name of ['chromium', 'firefox'] as const) {
  describe.runIf(inject(name))(`the run on the GPU, ${name}`, () => {
    let browser: Browser;
    let page: ModulePage;

    beforeAll(async () => {
      browser = await launch(name, { executablePath: inject(name), webgpu: true });
      page = await openModulePage(browser, inject('origin'), '/tests/simulation/gpu.page.ts');
    });
    afterAll(() => browser?.close());

    for (const kind of ['instances', 'classes', 'ring'] as const) {
      test(`draws the same bits as the host, ${kind}`, async () => {
        for (const points of [2, 3, 63, 64, 65, 257, 4096]) {
          const classes = kind === 'classes' ? Math.min(5, Math.floor(points / 2)) : 1;
          const differing = await page.call('differingBits', { kind, points, classes }, 12345, points + 1);
          expect(differing, `${points} points`).toBe(0);
        }
      });
    }

    for (const [title, run] of Object.entries(CASES)) {
      test(`takes the steps of the host: ${title}`, { timeout: TWO_MINUTES }, async () => {
        const steps = 12;
        const difference = await page.call<Difference>('compare', run, steps);
        // Adam divides by the gradient's size, so what is rounding in the gradient is not rounding in the step.
        const tolerance = run.hyperparameters.optimizer === 'adam' ? 1e-3 : 1e-5;
        expect(difference.embeddings).toBeLessThan(tolerance);
        expect(difference.weights).toBeLessThan(tolerance);
        expect(difference.moments).toBeLessThan(tolerance);
        expect(difference.positions).toBeLessThan(tolerance);
        expect(difference.optimizerSteps).toEqual([steps, steps]);
        const [got, expected] = difference.statistics;
        expect(got.step).toBe(steps);
        expect(got.count).toBe(expected.count);
        expect(got.loss).toBeCloseTo(expected.loss, 2);
        expect(got.gradientNorm).toBeCloseTo(expected.gradientNorm, 2);
        expect(got.radius).toBeCloseTo(expected.radius, 3);
        expect(page.takeProblems()).toEqual([]);
      });
    }

    test(
      'is the same run for the same seed, and after a hand-over, bit for bit',
      { timeout: TWO_MINUTES },
      async () => {
        for (const title of [
          'classes, SupCon, Adam on the circle, mini-batches',
          'an encoder, two towers, classes, Adam, above three dimensions',
        ]) {
          expect(await page.call('isReproducible', CASES[title], 10), title).toBe(true);
        }
      },
    );

    test('goes on under another loss and batch size', { timeout: TWO_MINUTES }, async () => {
      const run = CASES['ring, InfoNCE, Adam in the plane'];
      const next = {
        ...run.hyperparameters,
        loss: { kind: 'sup-con' },
        batchPairs: 5,
        optimizer: 'momentum',
      };
      expect(await page.call('respecialize', run, next)).toEqual([true, true]);
      expect(page.takeProblems()).toEqual([]);
    });

    test('a point is drawn where it was put, on the sphere', async () => {
      const run = CASES['instances, NT-Xent, SGD on the sphere'];
      expect(await page.call('placed', run, [0, 3, 4])).toEqual([
        0,
        expect.closeTo(0.6, 6),
        expect.closeTo(0.8, 6),
        0,
      ]);
    });
  });
}
