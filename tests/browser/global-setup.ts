import type { TestProject } from 'vitest/node';
import { findBrowser, findOrInstallChromium, MissingBrowser } from './find-browser.ts';
import { startServer } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the working tree is served. */
    origin: string;
    chromium: string;
    /** Empty where this machine has no Firefox. */
    firefox: string;
  }
}

const NO_FIREFOX = 'no Firefox found (Debian: apt-get install firefox-esr mesa-vulkan-drivers)';

/** Runs once before all test files: finds the browsers and starts the one server that their pages come from. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const chromium = findOrInstallChromium();
  const firefox = findBrowser('firefox');
  if (!firefox && process.env.CI) throw new MissingBrowser(`CI tests Firefox too: ${NO_FIREFOX}.`);
  if (!firefox) console.log(`Firefox is not tested here: ${NO_FIREFOX}.`);
  const server = await startServer();
  project.provide('origin', server.origin);
  project.provide('chromium', chromium);
  project.provide('firefox', firefox ?? '');
  return server.close;
}
