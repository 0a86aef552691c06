import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Browser } from 'puppeteer';
import { launch } from '../browser/launch.ts';
import { openModulePage } from '../browser/open-page.ts';
import type { ModulePage } from '../browser/open-page.ts';

for (const name of ['chromium', 'firefox'] as const) {
  describe.runIf(inject(name))(`the WebGPU engine in trouble, ${name}`, () => {
    let browser: Browser;
    let page: ModulePage;

    beforeAll(async () => {
      browser = await launch(name, { executablePath: inject(name), webgpu: true });
      page = await openModulePage(browser, inject('origin'), '/tests/engine/device-failures.page.ts');
    });
    afterAll(() => browser?.close());

    test.each(['at once', 'in the middle'])('says that its device was lost %s', async (when) => {
      const said = await page.call<string[]>('loseDevice', when);
      for (const sentence of said) expect(sentence).toMatch(/^The graphics device was lost/);
    });

    test('says that it was disposed of', async () => {
      const said = await page.call<string[]>('disposeEngine');
      expect(said).toEqual(['The engine was disposed of.', 'The engine was disposed of.']);
    });

    test('rejects when there is no memory for a buffer, rather than answer 0, and is right when there is again', async () => {
      const buffers = ['embeddings', 'partials', 'gradients', 'outputs', 'readback'];
      for (const { without, again } of await page.call<{ without: string; again: string }[]>(
        'runOutOfMemory',
        buffers,
      )) {
        expect(without).toMatch(/^The graphics device did not take the work/);
        expect(again).toMatch(/^loss [\d.]+$/);
      }
    });

    test('refuses a matrix too wide to be dispatched, rather than answer 0', async () => {
      expect(await page.call<string>('matrixTooWide')).toMatch(/^batch: expected a shape that fits/);
    });

    test('is read in pieces where everything is more than one buffer holds', async () => {
      const numbers = [1, 50, 13].flatMap((length, index) =>
        Array.from({ length }, (_, at) => 100 * index + at),
      );
      expect(await page.call<number[]>('numbersReadWithin', 2 ** 20)).toEqual(numbers);
      expect(await page.call<number[]>('numbersReadWithin', 70)).toEqual(numbers);
    });

    test('leaves no memory behind when it is disposed of in the middle', async () => {
      expect(await page.call<number>('buffersLeft')).toBe(0);
    });
  });
}
