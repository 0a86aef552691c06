import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launch } from './browser/launch.ts';
import { openModulePage } from './browser/open-page.ts';
import type { ModulePage } from './browser/open-page.ts';

const POINTS = 16_384;
const DIMENSION = 32;
/** A stored matrix of POINTS x POINTS would take 1 GiB. */
const MOST_BYTES = 64 * 2 ** 20;

let browser: Browser;
let page: ModulePage;

beforeAll(async () => {
  browser = await launch('chromium', { executablePath: inject('chromium') });
  page = await openModulePage(browser, inject('origin'), '/tests/memory.page.ts');
});
afterAll(() => browser?.close());

describe('evaluate on the GPU streams over the pairs', () => {
  // One of two towers, one of one set, and one that keeps the most per anchor.
  it.each(['info-nce', 'nt-xent', 'sup-con'])('%s stays far below a stored matrix', async (kind) => {
    const { peak, left } = await page.call<{ peak: number; left: number }>(
      'memoryOfEvaluation',
      kind,
      POINTS,
      DIMENSION,
    );
    // The points and their gradient alone: were it less, the buffers would not have been counted.
    expect(peak).toBeGreaterThan(2 * 4 * POINTS * DIMENSION);
    expect(peak).toBeLessThan(MOST_BYTES);
    expect(left).toBe(0);
    expect(page.takeProblems()).toEqual([]);
  });

  // Sixteen times as many pairs as above: what comes in and goes out apart, they take no more.
  it.each([
    ['info-nce', 2],
    ['nt-xent', 1],
    ['sup-con', 1],
  ])('%s streams over 65,536 points within the same memory', async (kind, towers) => {
    const { peak } = await page.call<{ peak: number }>('memoryOfEvaluation', kind, 4 * POINTS, DIMENSION);
    const inputsAndOutputs = 2 * towers * 4 * (4 * POINTS) * DIMENSION;
    expect(peak).toBeGreaterThan(inputsAndOutputs);
    expect(peak - inputsAndOutputs).toBeLessThan(MOST_BYTES);
    expect(page.takeProblems()).toEqual([]);
  });
});
