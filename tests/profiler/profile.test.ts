import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Browser } from 'puppeteer';
import type { KernelTime } from '../../src/engine/webgpu/kernel-times.ts';
import { launch } from '../browser/launch.ts';
import { openModulePage } from '../browser/open-page.ts';
import type { ModulePage } from '../browser/open-page.ts';
import type { cancelled, profile, trace } from './profile.page.ts';

const STEP = [
  'sample',
  'normalize',
  'statistics',
  'finish',
  'totals',
  'gradient',
  'normalize gradient',
  'optimizer',
];

for (const name of ['chromium', 'firefox'] as const) {
  describe.runIf(inject(name))(name, () => {
    let browser: Browser;
    let page: ModulePage;

    beforeAll(async () => {
      browser = await launch(name, { executablePath: inject(name), webgpu: true });
      page = await openModulePage(browser, inject('origin'), '/tests/profiler/profile.page.ts');
    });
    afterAll(() => browser?.close());

    describe.each([true, false])('timestamps wished for: %s', (wished) => {
      test('every kernel of the run has a time by the right clock, and the run is untouched', async () => {
        const measured = await page.call<Awaited<ReturnType<typeof profile>>>('profile', wished);
        const { kernels, engine, ceilings } = measured.profile;
        const clock = wished && (await page.call<boolean>('hasTimestamps')) ? 'gpu' : 'wall';
        expect(engine).toContain('WebGPU');
        expect(measured.untouched).toBe(true);
        // Sizes that machines have.
        for (const rate of Object.values(ceilings)) {
          expect(rate).toBeGreaterThan(1e7);
          expect(rate).toBeLessThan(1e15);
        }
        for (const stem of STEP) {
          expect(kernels.filter(({ part, label }) => part === 'step' && label.startsWith(stem))).not.toEqual(
            [],
          );
        }
        expect(new Set(kernels.map(({ part }) => part))).toEqual(new Set(['step', 'metrics', 'picture']));
        for (const kernel of kernels) {
          expect(kernel.clock).toBe(clock);
          expect(kernel.milliseconds).toBeGreaterThan(0);
          expect(kernel.bytes).toBeGreaterThan(0);
        }
        // Every pair of 200 points once for the similarities; the gradient takes similarities and both ends, or one.
        const productsOf = (stem: string) =>
          kernels.find(({ label }) => label.startsWith(stem))!.multiplyAdds;
        const pairs = 200 * 200 * 5;
        expect(productsOf('statistics')).toBe(pairs);
        expect(productsOf('gradient')).toBeGreaterThanOrEqual(1.5 * pairs);
        expect(productsOf('gradient')).toBeLessThan(2.5 * pairs);
        expect(page.takeProblems()).toEqual([]);
      });

      test('what takes no time is told as less than the clock can tell, never as 0', async () => {
        const time = await page.call<KernelTime>('emptyWork', wished);
        expect(time.isBelowClock).toBe(true);
        expect(time.milliseconds).toBeGreaterThan(0);
        expect(time.repeats).toBe(4096);
      });

      test('a traced run tells of its kernels, within the time they ran in, and of nothing once it is not', async () => {
        const told = await page.call<Awaited<ReturnType<typeof trace>>>('trace', wished);
        expect(told.spans.some(({ label }) => label.includes('gradient'))).toBe(true);
        for (const { begin, end, clock } of told.spans) {
          expect(end).toBeGreaterThanOrEqual(begin);
          expect(end).toBeLessThanOrEqual(told.ended);
          // Before the device is known better, the first may seem to begin a little early.
          if (clock === 'wall') expect(begin).toBeGreaterThanOrEqual(told.begun);
        }
        expect(told.afterwards).toBe(0);
        expect(page.takeProblems()).toEqual([]);
      });
    });

    test('a cancelled profile ends with the reason, and the run goes on from where it stood', async () => {
      const result = await page.call<Awaited<ReturnType<typeof cancelled>>>('cancelled');
      expect(result).toEqual({ reason: 'Enough.', untouched: true, steps: 2 });
      expect(page.takeProblems()).toEqual([]);
    });
  });
}
