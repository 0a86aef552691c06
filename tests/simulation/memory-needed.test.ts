import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Browser } from 'puppeteer';
import type { LossSpec } from '../../src/losses/registry.ts';
import { memoryNeededOnHost } from '../../src/simulation/host-memory.ts';
import type { Hyperparameters, Start } from '../../src/simulation/settings.ts';
import { launch } from '../browser/launch.ts';
import { openModulePage } from '../browser/open-page.ts';
import type { ModulePage } from '../browser/open-page.ts';

let browser: Browser;
let page: ModulePage;

beforeAll(async () => {
  browser = await launch('chromium', { executablePath: inject('chromium') });
  page = await openModulePage(browser, inject('origin'), '/tests/simulation/memory-needed.page.ts');
});
afterAll(() => browser?.close());

const start: Start = { seed: 1, dimension: 5, dataset: { kind: 'classes', points: 150, classes: 3 } };

function settings(loss: LossSpec, batchPairs = 40): Hyperparameters {
  return { loss, batchPairs, geometry: 'sphere', optimizer: 'adam', learningRate: 0.01 };
}

const RUNS: [string, Start, Hyperparameters][] = [
  ['one set, several positives', start, settings({ kind: 'sup-con' })],
  ['two towers', start, settings({ kind: 'clip' })],
  ['points matched', start, settings({ kind: 'simsiam' })],
  ['features', start, settings({ kind: 'vicreg' })],
  [
    'an encoder',
    { ...start, encoder: { inputs: 6, layers: 1, width: 32, activation: 'tanh' } },
    settings({ kind: 'nt-xent' }),
  ],
];

test.each(RUNS)(
  'what a run takes on the GPU is foretold to the byte: %s',
  async (_name, of, hyperparameters) => {
    const { foretold, taken } = await page.call<{ foretold: number; taken: number }>(
      'foretoldAndTaken',
      of,
      hyperparameters,
    );
    expect(foretold).toBe(taken);
    expect(page.takeProblems()).toEqual([]);
  },
);

test('what does not fit is refused with the bytes wanted and the bytes there', async () => {
  const huge: Start = { ...start, dimension: 512, dataset: { kind: 'ring', points: 2 ** 26, classes: 1 } };
  expect(await page.call('refusal', huge, settings({ kind: 'nt-xent' }))).toMatch(
    /a buffer of 137438953472 bytes, and the device binds \d+ at most/,
  );
});

function neededOnHost(points: number, dimension: number): number {
  return memoryNeededOnHost(
    { seed: 1, dimension, dataset: { kind: 'instances', points, classes: 1 } },
    settings({ kind: 'nt-xent' }, points / 2),
  );
}

test('on the host it grows with points x dimension', () => {
  expect(neededOnHost(16_384, 32)).toBeGreaterThan(6 * 4 * 16_384 * 32);
  expect(neededOnHost(16_384, 32)).toBeLessThan(20 * 4 * 16_384 * 32);
  expect(neededOnHost(16_384, 32) / neededOnHost(8192, 32)).toBeCloseTo(2, 1);
});
