import { setTimeout as wait } from 'node:timers/promises';
import type { BrowserContext, ElementHandle, Page } from 'puppeteer';
import { probe } from './probe.ts';
import type { Log } from './probe.ts';

const WIDTH = 1280;
const HEIGHT = 800;
/** What a window has around its page, generously. */
const FRAME = 200;
const LATE_ANSWERS_MS = 1000;

/** The page of the app, observed from its opening. */
export class App {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  /** Opens a link in a window that shows all of it: browsers put off painting what no window shows. */
  static async open(context: BrowserContext, url: string, hash: string): Promise<App> {
    const page = await context.newPage();
    const session = await page.createCDPSession();
    const { windowId } = await session.send('Browser.getWindowForTarget');
    const bounds = { width: WIDTH + FRAME, height: HEIGHT + FRAME };
    await session.send('Browser.setWindowBounds', { windowId, bounds });
    await page.setViewport({ width: WIDTH, height: HEIGHT });
    await page.evaluateOnNewDocument(probe);
    await page.goto(`${url}#${hash}`);
    return new App(page);
  }

  /** Waits until the log says so, or gives up after `timeout` milliseconds. */
  async until(reached: (log: Log) => boolean, timeout: number): Promise<void> {
    const end = performance.now() + timeout;
    while (!reached(await this.log()) && performance.now() < end) await wait(100);
  }

  /** Everything since the opening. */
  async log(): Promise<Log> {
    // As text, because that is the quickest way out of the page; it has no Infinity.
    const log = JSON.parse(await this.page.evaluate(() => JSON.stringify(globalThis.log))) as Log;
    for (const picture of log.pictures) picture.finished ??= Infinity;
    return log;
  }

  /** What happens while something is done, and the answers to it. */
  async watch(doing: () => Promise<unknown>): Promise<Log> {
    const now = () => this.page.evaluate(() => performance.now());
    const begun = await now();
    await doing();
    const ended = await now();
    await wait(LATE_ANSWERS_MS);
    const { frames, pictures, inputs, changes, steps, paints, moved } = await this.log();
    return {
      frames: frames.filter(({ began }) => began >= begun),
      pictures: pictures.filter(({ drawn }) => drawn >= begun),
      inputs: inputs.filter(({ at }) => at >= begun && at <= ended),
      changes: changes.filter(({ at }) => at >= begun),
      steps: steps.filter(({ at }) => at >= begun),
      paints: paints.filter(({ at }) => at >= begun),
      moved,
    };
  }

  /** When points first moved, as a date in milliseconds; NaN when they have not. */
  async movedAt(): Promise<number> {
    const { moved = NaN } = await this.log();
    return moved + (await this.page.evaluate(() => performance.timeOrigin));
  }

  engine(): Promise<string> {
    return this.page.$eval('#status .engine', (element) => element.textContent ?? '');
  }

  async press(name: string): Promise<void> {
    const button = await this.page.waitForSelector(`::-p-xpath(//button[normalize-space()="${name}"])`);
    await button!.click();
  }

  async slider(name: string): Promise<ElementHandle> {
    const path = `//*[contains(@class, "lil-controller")][*[text()="${name}"]]//*[contains(@class, "lil-slider")]`;
    return (await this.page.waitForSelector(`::-p-xpath(${path})`))!;
  }

  async cloud(): Promise<ElementHandle> {
    return (await this.page.waitForSelector('#stage canvas'))!;
  }

  /** Presses on an element and moves the mouse across it for so long, about once a frame. */
  async dragAcross(element: ElementHandle, milliseconds: number): Promise<void> {
    const { x, y, width, height } = (await element.boundingBox())!;
    const { mouse } = this.page;
    const moveTo = (share: number) => mouse.move(x + share * width, y + height / 2);
    await moveTo(0.2);
    await mouse.down();
    const begun = performance.now();
    for (let share = 0; share < 1; share = (performance.now() - begun) / milliseconds) {
      await moveTo(0.2 + 0.6 * share);
      await wait(10);
    }
    await mouse.up();
  }
}
