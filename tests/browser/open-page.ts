import type { Browser, Page } from 'puppeteer';

export interface ModulePage {
  page: Page;
  /** Calls a function that the module exports, inside the page. Inputs and result travel as JSON: keep them small. */
  call<Result>(name: string, ...inputs: unknown[]): Promise<Result>;
  /** Page errors, console errors and uncaptured WebGPU errors since the last time this was asked. */
  takeProblems(): string[];
}

/** Opens a page that has loaded one module of the working tree, such as '/tests/conformance/page.ts'. */
export async function openModulePage(browser: Browser, origin: string, module: string): Promise<ModulePage> {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error instanceof Error ? error.message : String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(`${origin}/tests/browser/page.html?module=${encodeURIComponent(module)}`);
  return {
    page,
    takeProblems: () => problems.splice(0),
    call: <Result>(name: string, ...inputs: unknown[]) =>
      page.evaluate(
        async (exported, values) => (await globalThis.loadedModule)[exported](...values) as Result,
        name,
        inputs,
      ) as Promise<Result>,
  };
}
