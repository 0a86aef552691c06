import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { launch } from '../browser/launch.ts';
import { openModulePage } from '../browser/open-page.ts';
import type { ModulePage } from '../browser/open-page.ts';
import type { Comparison, PictureCase } from './picture.page.ts';

/** How far apart the pictures may be: crowded edges differ, where the WebGPU renderer does not sort what it blends. */
const sparse = { apart: 0.006, meanDifference: 2 };
const crowded = { apart: 0.08, meanDifference: 6 };

const pictures: (PictureCase & { most: Pick<Comparison, 'apart' | 'meanDifference'> })[] = [
  { points: 40, displayDimension: 2, theme: 'light', pointRadius: 6, onGpu: true, most: sparse },
  { points: 24, displayDimension: 3, theme: 'dark', pointRadius: 8, onGpu: true, most: sparse },
  { points: 12, displayDimension: 3, theme: 'light', pointRadius: 5, onGpu: false, most: sparse },
  { points: 1024, displayDimension: 3, theme: 'dark', pointRadius: 3, onGpu: false, most: crowded },
];

describe('both renderers draw the same picture', () => {
  let browser: Browser;
  let page: ModulePage;

  beforeAll(async () => {
    browser = await launch('chromium', { executablePath: inject('chromium') });
    page = await openModulePage(browser, inject('origin'), '/tests/render/picture.page.ts');
  });
  afterAll(() => browser?.close());

  test.each(pictures)('$points points in $displayDimension-D, $theme', async ({ most, ...picture }) => {
    const { drawn, apart, meanDifference } = await page.call<Comparison>('compare', picture);
    expect(drawn).toBeGreaterThan(0.04);
    expect(apart).toBeLessThan(most.apart);
    expect(meanDifference).toBeLessThan(most.meanDifference);
    expect(page.takeProblems()).toEqual([]);
  });
});
