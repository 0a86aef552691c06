import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { PairVariant } from '../../src/engine/webgpu/pair-variant.ts';
import { launch } from '../browser/launch.ts';
import { openModulePage } from '../browser/open-page.ts';
import type { ModulePage } from '../browser/open-page.ts';
import type { Report } from '../conformance/checks.ts';
import { expectNoFailures } from '../conformance/report.ts';
import type { Tuning } from './pair-variants.page.ts';

let browser: Browser;
let page: ModulePage;

beforeAll(async () => {
  browser = await launch('chromium', { executablePath: inject('chromium') });
  page = await openModulePage(browser, inject('origin'), '/tests/engine/pair-variants.page.ts');
});
afterAll(() => browser?.close());

const firefox = inject('firefox');

test.runIf(firefox)(
  'blocked agrees with the reference in Firefox, the second WGSL compiler, which never chooses it in software',
  { timeout: 300_000 },
  async () => {
    const other = await launch('firefox', { executablePath: firefox });
    try {
      const { call } = await openModulePage(other, inject('origin'), '/tests/engine/pair-variants.page.ts');
      // This browser answers in ticks of about 100 ms: cases wait side by side.
      expectNoFailures(await call<Report>('agrees', 'blocked', 8));
    } finally {
      await other.close();
    }
  },
);

describe('the variants of the pair skeleton', () => {
  test.each<PairVariant>(['workgroup', 'blocked', 'subgroup', 'unrolled'])(
    '%s agrees with the reference at every seam of its blocks and rounds',
    { timeout: 300_000 },
    async (variant) => {
      expect(await page.call('variants')).toContain(variant);
      expectNoFailures(await page.call<Report>('agrees', variant));
      expect(page.takeProblems()).toEqual([]);
    },
  );

  test.each([
    ['a round takes several dispatches', 2900, 64],
    ['the statistics alone are unrolled', 400, 128],
  ])('agree with the CPU where %s', { timeout: 120_000 }, async (_, pairs, dimension) => {
    const { loss, gradient } = await page.call<{ loss: number; gradient: number }>(
      'agreesWithCpu',
      pairs,
      dimension,
    );
    expect(loss).toBeLessThan(1e-5);
    expect(gradient).toBeLessThan(1e-4);
    expect(page.takeProblems()).toEqual([]);
  });

  test('are measured once, and what was chosen can be kept', { timeout: 120_000 }, async () => {
    const { quickest, choices, imported, afterNonsense } = await page.call<Tuning>('tune');
    expect(Object.values(choices)).toEqual([quickest]);
    expect(imported).not.toBe(quickest);
    expect(afterNonsense).toEqual({});
    expect(page.takeProblems()).toEqual([]);
  });
});
