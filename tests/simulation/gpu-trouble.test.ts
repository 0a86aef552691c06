import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Browser } from 'puppeteer';
import { launch } from '../browser/launch.ts';
import { openModulePage } from '../browser/open-page.ts';
import type { ModulePage } from '../browser/open-page.ts';

type Metrics = Record<string, number>;

for (const name of ['chromium', 'firefox'] as const) {
  describe.runIf(inject(name))(`a run on the GPU in trouble, ${name}`, () => {
    let browser: Browser;
    let page: ModulePage;

    beforeAll(async () => {
      browser = await launch(name, { executablePath: inject(name), webgpu: true });
      page = await openModulePage(browser, inject('origin'), '/tests/simulation/gpu-trouble.page.ts');
    });
    afterAll(() => browser?.close());

    test('a batch size that was changed and changed back is the one in use', async () => {
      expect(await page.call('anchorsAfterChangingBack')).toBe(16);
    });

    test('no report mixes two batch sizes up, or tells of none', async () => {
      expect((await page.call<number[]>('anchorsWhileChanging')).toSorted()).toEqual([16, 18]);
    });

    test('another optimizer never sees the moments of the one before, not even after a hand-over', async () => {
      expect(await page.call('momentsAfterAnotherOptimizer')).toEqual([0, 0]);
    });

    test('at rest, the metrics are those of the points', async () => {
      const [told, measured] = await page.call<[Metrics, Metrics]>('metricsAtRest');
      for (const [metric, value] of Object.entries(measured)) expect(told[metric]).toBeCloseTo(value, 5);
    });

    test('a hand puts no point where there is no place', async () => {
      expect(await page.call('farthestAfterWildHands')).toBeLessThan(10);
    });

    test('cannot be copied once it is disposed of', async () => {
      expect(await page.call('copyAfterDisposal')).toContain('The run was disposed of.');
      expect(page.takeProblems()).toEqual([]);
    });

    test('leaves no memory behind when it cannot begin', async () => {
      expect(await page.call('buffersLeft')).toBe(0);
    });

    test('fails when its measurements do not compile', async () => {
      expect(await page.call('failureOfMeasurement')).toMatch(
        /^The shader 'uniformity' does not compile\. line 1/,
      );
    });

    test('reports a step that was taken before it could be measured', async () => {
      expect(await page.call('reportOfAnEarlyStep')).toBe(1);
    });

    test.each(['run: points', 'gradients'])('fails when there is no memory for %s', async (label) => {
      expect(await page.call('failureWithoutMemory', label)).toMatch(/^The graphics device did not take/);
    });

    test('fails when its device is lost, even before it begins', async () => {
      for (const sentence of await page.call<string[]>('failuresWithoutDevice')) {
        expect(sentence).toMatch(/^The graphics device was lost/);
      }
    });
  });
}
