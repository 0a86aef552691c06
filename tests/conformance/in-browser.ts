import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'puppeteer';
import type { Backend } from '../../src/engine/engine.ts';
import { launch } from '../browser/launch.ts';
import type { LaunchOptions } from '../browser/launch.ts';
import type { BrowserName } from '../browser/find-browser.ts';
import { openModulePage } from '../browser/open-page.ts';
import type { ModulePage } from '../browser/open-page.ts';
import type { Group } from './case.ts';
import type { Report } from './checks.ts';
import { expectNoFailures } from './report.ts';
import { suite } from './suite.ts';

const TEN_MINUTES = 600_000;

/**
 * Declares the tests of the suite, or of some groups of it, on `backends` inside one browser; call within a `describe`.
 * @param lanes how many cases of a group are under way at a time, for a browser that makes each of them wait.
 */
export function conformsInBrowser(
  name: BrowserName,
  options: LaunchOptions,
  origin: string,
  backends: Backend[],
  { groups = suite, lanes = 1 }: { groups?: readonly Group[]; lanes?: number } = {},
): void {
  let browser: Browser;
  let suitePage: ModulePage;

  beforeAll(async () => {
    browser = await launch(name, options);
    suitePage = await openModulePage(browser, origin, '/tests/conformance/page.ts');
  });
  afterAll(() => browser?.close());

  test('is the environment it says it is', async () => {
    const webgpu = options.webgpu ?? true;
    expect(await suitePage.call('environment')).toEqual({ webgpu, crossOriginIsolated: true });
  });

  for (const backend of backends) {
    for (const group of groups) {
      test(`${backend}: ${group.name}`, { timeout: TEN_MINUTES }, async () => {
        expectNoFailures(await suitePage.call<Report>('run', backend, group.name, lanes));
        expect(suitePage.takeProblems()).toEqual([]);
      });
    }
  }
}
