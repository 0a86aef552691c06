import type { Browser, Page } from 'puppeteer';

/** Somebody who reads the article: opens it, drags with mouse or finger, and reads numbers off it. */
export interface Reader {
  page: Page;
  problems: string[];
  /** The number of this name in the scene that was opened. */
  number(name: string, index?: number): Promise<number>;
  /** Where a point of the scene is, in CSS pixels of the window. */
  place(selector: string): Promise<Place>;
  /** Drags a point to a place with the mouse, and lets it go there; meanwhile, whatever is to be done while it is held. */
  drag(selector: string, to: Place, meanwhile?: () => Promise<void>): Promise<void>;
  /** Where a point on a circle is, in degrees; the first is 0. */
  angle(point: number): Promise<number>;
  press(selector: string): Promise<void>;
  isDrawn(selector: string): Promise<boolean>;
  /** Sets a slider to a position, as a hand would. */
  slide(name: string, position: number): Promise<void>;
}

export interface Place {
  x: number;
  y: number;
}

export const PHONE = { width: 390, height: 844, hasTouch: true, isMobile: true };

/** Degrees between two directions. */
export function apart(a: number, b: number): number {
  const difference = Math.abs(a - b) % 360;
  return Math.min(difference, 360 - difference);
}

/** Drawing and writing the link follow the hand a little later. */
export function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1500));
}

export async function openScene(
  browser: Browser,
  url: string,
  scene: string,
  link: Record<string, string> = {},
  viewport: { width: number; height: number; hasTouch?: boolean } = { width: 1200, height: 900 },
): Promise<Reader> {
  const page = await browser.newPage();
  await page.setViewport(viewport);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(`${url}#${new URLSearchParams({ learn: scene, ...link }).toString()}`);
  const section = `#scene-${scene}`;
  await page.waitForSelector(`${section} data[value]`);

  const place = async (selector: string) => {
    const box = await page.$eval(`${section} ${selector}`, (element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    });
    return box;
  };
  return {
    page,
    problems,
    number: (name, index = 0) =>
      page.$$eval(
        `${section} data[data-name="${name}"]`,
        (elements, at) => Number((elements[at] as HTMLDataElement).value),
        index,
      ),
    place,
    drag: async (selector, to, meanwhile) => {
      const from = await place(selector);
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      await page.mouse.move(to.x, to.y, { steps: 5 });
      await meanwhile?.();
      await page.mouse.up();
    },
    angle: (point) =>
      page.$$eval(
        `${section} .handle`,
        (handles, index) => Number(handles[index].getAttribute('aria-valuenow')),
        point,
      ),
    isDrawn: (selector) =>
      page.$eval(`${section} ${selector}`, (element) => getComputedStyle(element).display !== 'none'),
    press: (selector) => page.$eval(`${section} ${selector}`, (element) => (element as HTMLElement).click()),
    slide: (name, position) =>
      page.$eval(
        `${section} input[name="${name}"]`,
        (input, value) => {
          (input as HTMLInputElement).value = String(value);
          input.dispatchEvent(new Event('input', { bubbles: true }));
        },
        position,
      ),
  };
}
