import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, inject } from 'vitest';
import { serveBuild } from './build.ts';
import type { BuiltPage } from './build.ts';
import { launch } from './launch.ts';

/** The built page and Chromium, there from before a file's first test until after its last. */
export function useChromium(): { readonly built: BuiltPage; readonly browser: Browser } {
  let built: BuiltPage;
  let browser: Browser;
  beforeAll(async () => {
    built = await serveBuild();
    browser = await launch('chromium', { executablePath: inject('chromium') });
  });
  afterAll(async () => {
    await browser?.close();
    await built?.close();
  });
  return {
    get built() {
      return built;
    },
    get browser() {
      return browser;
    },
  };
}
