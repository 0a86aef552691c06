import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { BrowserName } from '../../browser/find-browser.ts';
import { launch } from '../../browser/launch.ts';
import { openModulePage } from '../../browser/open-page.ts';
import type { ModulePage } from '../../browser/open-page.ts';
import type { Report } from '../../conformance/checks.ts';
import { expectNoFailures } from '../../conformance/report.ts';

interface Summary {
  description: string;
  loss: number;
}

const browsers: [BrowserName, string][] = [
  ['chromium', inject('chromium')],
  ['firefox', inject('firefox')],
];

describe.each(browsers.filter(([, executablePath]) => executablePath))('%s', (name, executablePath) => {
  let browser: Browser;
  let page: ModulePage;
  let threads: number;

  beforeAll(async () => {
    browser = await launch(name, { executablePath, webgpu: false });
    page = await openModulePage(browser, inject('origin'), '/tests/engine/cpu/threads.page.ts');
    threads = Math.min(8, await page.page.evaluate(() => navigator.hardwareConcurrency));
  });
  afterAll(() => browser?.close());

  test('all threads take part, and go on after a stopped evaluation', async () => {
    type Result = { first: Summary; stopped: string; second: Summary };
    const { first, stopped, second } = await page.call<Result>('evaluateTwice');
    expect(first.description).toBe(threads > 1 ? `WASM SIMD, ${threads} threads` : 'WASM SIMD, 1 thread');
    expect(stopped).toBe('enough');
    expect(second).toEqual(first);
    expect(page.takeProblems()).toEqual([]);
  });

  test(
    'whoever takes which part, the result is right and its bits the same',
    { timeout: 120_000 },
    async () => {
      expectNoFailures(await page.call<Report>('sharesRightly'));
    },
  );

  test('threads that do not start are done without, and this is said', async () => {
    const whole = await page.call<{ first: Summary }>('evaluateTwice');
    const { first, second } = await page.call<{ first: Summary; second: Summary }>('evaluateWithoutScript');
    expect(first.loss).toBeCloseTo(whole.first.loss, 6);
    if (threads > 1) expect(first.description).toMatch(/^WASM SIMD, 1 thread \(the others stopped: .+\)$/);
    expect(second).toEqual(first);
  });
});
