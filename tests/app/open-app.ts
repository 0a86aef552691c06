import type { Browser, ElementHandle, Page } from 'puppeteer';
import { expect } from 'vitest';

/** The page of the app, opened, and how to read and use it. */
export interface App {
  page: Page;
  problems: string[];
  /** Steps taken, as the status line says. */
  step(): Promise<number>;
  untilStep(least: number): Promise<void>;
  button(name: string): Promise<ElementHandle>;
  press(name: string): Promise<void>;
  /** The controller of this name in the panel. */
  control(name: string): Promise<ElementHandle<HTMLElement>>;
  /** The cloud as it is drawn, to be compared. */
  picture(): Promise<string>;
}

/** @param before runs in the page before its own scripts; it must not refer to anything outside itself. */
export async function openApp(
  browser: Browser,
  url: string,
  hash: string,
  before?: () => void,
): Promise<App> {
  const page = await browser.newPage();
  if (before) await page.evaluateOnNewDocument(before);
  await page.setViewport({ width: 1280, height: 800 });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(`${url}#${hash}`);

  const step = () =>
    page.$eval('#status .step', (element) => Number(element.textContent!.replaceAll(/\D/g, '')));
  const button = async (name: string) =>
    (await page.waitForSelector(`::-p-xpath(//button[normalize-space()="${name}"])`))!;
  return {
    page,
    problems,
    step,
    button,
    press: async (name) => (await button(name)).click(),
    untilStep: async (least) => {
      await expect.poll(step, { timeout: 20_000, interval: 50 }).toBeGreaterThanOrEqual(least);
    },
    control: async (name) => {
      const path = `//*[contains(@class, "lil-controller")][*[text()="${name}"]]`;
      return (await page.waitForSelector(`::-p-xpath(${path})`)) as ElementHandle<HTMLElement>;
    },
    picture: async () => {
      const canvas = await page.waitForSelector('#stage canvas');
      return Buffer.from(await canvas!.screenshot()).toString('base64');
    },
  };
}

declare global {
  // A global of the page, which the protocol can reach.
  var pipelines: string[];
}

/** To run in the page before its own scripts: writes down the names of the compute pipelines that are made. */
export function recordPipelines(): void {
  globalThis.pipelines = [];
  const { createComputePipelineAsync } = GPUDevice.prototype;
  GPUDevice.prototype.createComputePipelineAsync = function (this: GPUDevice, descriptor) {
    globalThis.pipelines.push(descriptor.label ?? '');
    return createComputePipelineAsync.call(this, descriptor);
  };
}

/** Writes down, in the page, every number of steps that the status line shows from now on. */
export async function recordSteps({ page }: App): Promise<void> {
  await page.$eval('#status .step', (element) => {
    const record = document.createElement('ol');
    record.id = 'recorded-steps';
    record.hidden = true;
    document.body.append(record);
    new MutationObserver(() => {
      const item = document.createElement('li');
      item.textContent = element.textContent!.replaceAll(/\D/g, '');
      record.append(item);
    }).observe(element, { childList: true });
  });
}

/** What recordSteps wrote down. */
export function recordedSteps({ page }: App): Promise<number[]> {
  return page.$$eval('#recorded-steps li', (items) => items.map((item) => Number(item.textContent)));
}
