import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { serveBuild } from '../browser/build.ts';
import type { BuiltPage } from '../browser/build.ts';
import { launch } from '../browser/launch.ts';
import { apart, openScene, PHONE, rest } from './reader.ts';
import type { Reader } from './reader.ts';

/** Software WebGPU takes many small steps slowly. */
const PATIENCE = 150_000;

let built: BuiltPage;
const browsers: Record<string, Browser> = {};

beforeAll(async () => {
  built = await serveBuild();
  browsers.chromium = await launch('chromium', { executablePath: inject('chromium') });
  const firefox = inject('firefox');
  if (firefox) browsers.firefox = await launch('firefox', { executablePath: firefox, webgpu: false });
});

afterAll(async () => {
  for (const browser of Object.values(browsers)) await browser.close();
  await built?.close();
});

const ENGINES = [
  { browser: 'chromium', engine: 'cpu' },
  { browser: 'chromium', engine: 'webgpu' },
  { browser: 'firefox', engine: 'auto' },
];

for (const { browser, engine } of ENGINES) {
  describe(`${browser}, engine ${engine}`, () => {
    const open = (scene: string, link: Record<string, string> = {}) =>
      openScene(browsers[browser], built.url, scene, { engine, ...link });

    it.skipIf(browser === 'firefox' && !inject('firefox'))(
      'pictures: the positive follows a dragged anchor; without negatives ties decide what is left, or the encoder does',
      async () => {
        const reader = await open('pictures');
        await expect.poll(() => reader.number('blobs'), { timeout: 30_000 }).toBe(4);
        const cat = await reader.angle(0);
        const circle = await reader.place('.guide');
        const from = await reader.place('.handle:nth-child(1)');
        // Held on the opposite side of the circle, where others are.
        await reader.drag(
          '.handle:nth-child(1)',
          { x: 2 * circle.x - from.x, y: 2 * circle.y - from.y },
          async () => {
            await expect.poll(async () => apart(await reader.angle(0), cat)).toBeGreaterThan(150);
            await expect.poll(() => fromAnchor(reader, 1), { timeout: 60_000 }).toBeLessThan(10);
            const strangers = [2, 3, 4, 5, 6, 7];
            await expect
              .poll(
                async () =>
                  Math.min(...(await Promise.all(strangers.map((picture) => fromAnchor(reader, picture))))),
                {
                  timeout: 60_000,
                },
              )
              .toBeGreaterThan(20);
          },
        );

        const text = (selector: string) =>
          reader.page.$eval(`#scene-pictures ${selector}`, (element) => element.textContent!);
        /** The verdict is about what is seen then. */
        const predict = async (guess: number, blobs: number) => {
          await expect.poll(() => text('.play')).toBe('Waits for your guess');
          await reader.press(`.prediction button:nth-child(${guess})`);
          expect(await text('.play')).toBe('Pause');
          const verdict = guess === blobs ? 'You saw it coming' : `You said ${guess}`;
          await expect
            .poll(() => text('.prediction p'), { timeout: 60_000 })
            .toMatch(new RegExp(`^${blobs} blobs?\\. ${verdict}: `));
          expect(await reader.number('blobs')).toBe(blobs);
        };
        await reader.press('[data-choice=off]');
        await predict(4, 4);
        await reader.press('[data-choice=chain]');
        await predict(2, 1);
        await reader.press('[data-choice=pairs]');
        await reader.press('[data-choice=encoder]');
        await predict(1, 1);
        await expect.poll(() => reader.number('pieces')).toBe(4);
        expect(reader.problems).toEqual([]);
        await reader.page.close();
      },
      PATIENCE,
    );

    it.skipIf(browser === 'firefox' && !inject('firefox'))(
      'margins: a negative that is dragged clear of the disc costs exactly 0, and its arrow is gone',
      async () => {
        const reader = await open('margins');
        expect(await reader.number('push')).toBeGreaterThan(0.1);
        expect(await reader.isDrawn('.arrow.negative')).toBe(true);
        const negative = await reader.place('.handle:nth-child(3)');
        await reader.drag('.handle:nth-child(3)', { x: negative.x + 150, y: negative.y + 20 });
        await expect.poll(() => reader.number('push')).toBe(0);
        expect(await reader.isDrawn('.arrow.negative')).toBe(false);
        expect(await reader.isDrawn('.arrow.positive')).toBe(true);

        // As a triplet that is easy it teaches nobody; without the hinge it would go on for ever.
        await reader.press('[data-choice=triplet]');
        await reader.slide('margin', 0);
        await expect.poll(() => reader.number('loss')).toBe(0);
        expect(await reader.isDrawn('.arrow.positive')).toBe(false);
        await reader.press('[data-choice=pair]');
        await reader.press('[data-choice=off]');
        const far = await reader.number('negative distance');
        await reader.press('.play');
        await expect
          .poll(() => reader.number('negative distance'), { timeout: 30_000 })
          .toBeGreaterThan(far + 0.5);
        // It stays in sight with its distance beside it, and on the curve.
        await expect.poll(() => reader.isDrawn('.fled'), { timeout: 30_000 }).toBe(true);
        const stays = await reader.page.$eval('#scene-margins', (scene) => {
          const [stage, plot] = [...scene.querySelectorAll('.stage')].map((element) =>
            element.getBoundingClientRect(),
          );
          const fled = scene.querySelector('.handle:nth-child(3) .dot')!.getBoundingClientRect();
          const present = scene.querySelector('.dots.present')!.getBoundingClientRect();
          return fled.right < stage.right && fled.top > stage.top && present.bottom < plot.bottom;
        });
        expect(stays).toBe(true);
        expect(reader.problems).toEqual([]);
        await reader.page.close();
      },
    );

    it.skipIf(browser === 'firefox' && !inject('firefox'))(
      'many triplets: mining and a dragged point change which are active, drawn as the engine counts them',
      async () => {
        const reader = await open('margins', { 'margins.mode': 'triplets' });
        const active = () => reader.number('active');
        await expect.poll(active).toBeGreaterThan(8);
        const all = await active();
        expect(await reader.number('triplets')).toBe(96);
        /** Every active triplet is one dot on the hinge. */
        const dots = () =>
          reader.page.$eval(
            '#scene-margins .dots.working',
            (path) => path.getAttribute('d')!.split('M').length - 1,
          );
        expect(await dots()).toBe(all);

        await reader.press('[data-choice=batch-hard]');
        await expect.poll(active).toBe(8);
        expect(await dots()).toBe(8);
        await reader.press('[data-choice=hard]');
        await expect.poll(active).toBeGreaterThan(8);
        const hard = await active();
        await reader.press('[data-choice=semi-hard]');
        await expect.poll(active).toBe(all - hard);

        // An A from among the Bs to its own.
        await reader.press('[data-choice=hard]');
        await expect.poll(active).toBe(hard);
        const home = await reader.place('.crowd .handle:nth-child(2)');
        await reader.drag('.crowd .handle:nth-child(4)', { x: home.x + 40, y: home.y + 20 });
        await expect.poll(active).toBeLessThan(hard);
        await reader.press('.play');
        const left = await active();
        await expect.poll(active, { timeout: 30_000 }).toBeLessThan(left);
        expect(reader.problems).toEqual([]);
        await reader.page.close();
      },
    );

    it.skipIf(browser === 'firefox' && !inject('firefox'))(
      'a line-up: a dragged key takes its beam along, and at the lowest temperature one beam holds everything',
      async () => {
        const reader = await open('line-up');
        const before = await reader.number('probability', 1);
        expect(await reader.number('loss')).toBeCloseTo(-Math.log(before), 4);

        // The first negative to where the query is: nothing is closer to the query now.
        await reader.drag('.handle:has(.negative)', await reader.place('.handle:has(.anchor)'));
        await expect.poll(() => reader.number('probability', 1)).toBeLessThan(before - 0.1);
        // They are read one after the other, and the hand's last places may still be computed.
        const apartBy = async () =>
          Math.abs((await reader.number('loss')) + Math.log(await reader.number('probability', 1)));
        await expect.poll(apartBy).toBeLessThan(1e-4);

        await reader.slide('temperature', -2);
        await expect.poll(() => reader.number('probability', 2)).toBeGreaterThan(0.99);
        await reader.slide('temperature', 1);
        await expect.poll(() => reader.number('effective negatives')).toBeGreaterThan(4.9);
        expect(reader.problems).toEqual([]);
        await reader.page.close();
      },
    );

    it.skipIf(browser === 'firefox' && !inject('firefox'))(
      'a growing batch: dragged to twice the size, the ceiling moves by ln 2 and the estimate stays below it',
      async () => {
        const reader = await open('scale', { 'scale.size': '16', 'scale.correlation': '0.8' });
        const settled = async () => {
          await expect.poll(() => reader.number('estimate'), { timeout: 20_000 }).toBeGreaterThan(0);
          const ceiling = await reader.number('ceiling');
          expect(await reader.number('highest estimate')).toBeLessThan(ceiling + 1e-4);
          return ceiling;
        };
        const before = await settled();
        expect(before).toBeCloseTo(Math.log(16), 6);
        expect(await reader.number('truth')).toBeCloseTo(8.173, 3);

        // An octave of the axis is a ninth of its length.
        const knob = '.stage .cursor circle';
        const from = await reader.place(knob);
        const axis = await reader.page.$eval('#scene-scale .axes line', (line) => {
          const { width } = line.getBoundingClientRect();
          return width;
        });
        await reader.drag(knob, { x: from.x + axis / 9, y: from.y });
        await expect.poll(() => reader.number('ceiling')).toBeCloseTo(before + Math.LN2, 6);
        await settled();
        await expect.poll(() => reader.number('angle'), { timeout: 40_000 }).toBeGreaterThan(10);
        expect(reader.problems).toEqual([]);
        await reader.page.close();
      },
    );
  });
}

const openOnCpu = (scene: string, link: Record<string, string> = {}) =>
  openScene(browsers.chromium, built.url, scene, { engine: 'cpu', ...link });

describe('the article', () => {
  it('opens from the playground and leads back to it, with each where it was left', async () => {
    const page = await browsers.chromium.newPage();
    await page.goto(`${built.url}#points=64&engine=cpu`);
    const steps = () =>
      page.$eval('#status .step', (element) => Number(element.textContent!.replaceAll(/\D/g, '')));
    await expect.poll(steps, { timeout: 20_000 }).toBeGreaterThan(0);

    await page.click('#views a:last-child');
    await page.waitForSelector('.scene data[value]', { visible: true });
    expect(await page.$eval('#stage', (stage) => stage.checkVisibility())).toBe(false);
    await page.keyboard.press('n');
    await page.$eval('#scene-line-up .handle', (handle) => (handle as SVGElement).focus());
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => page.url()).toContain('line-up.keys=');
    const learned = page.url();
    expect(learned).not.toContain('seed');

    await page.click('#views a:first-child');
    await expect.poll(() => new URL(page.url()).hash).toBe('#points=64&engine=cpu');
    const left = await steps();
    await expect.poll(steps, { timeout: 20_000 }).toBeGreaterThan(left);
    await page.click('#views a:last-child');
    await expect.poll(() => page.url()).toBe(learned);
    await page.close();
  });

  it('leads from a scene into a run of 4,096 points', async () => {
    const reader = await openOnCpu('line-up');
    await reader.page.click('#scene-line-up .cloud');
    await reader.page.waitForSelector('#stage canvas', { timeout: 20_000 });
    expect(await reader.page.$eval('#messages', (messages) => messages.textContent)).toBe('');
    expect(new URL(reader.page.url()).hash).toContain('points=4096');
    expect(new URL(reader.page.url()).hash).toContain('engine=cpu');
    await reader.page.close();
  });

  it('keeps what was set in its link, and says what is wrong with one', async () => {
    const reader = await openOnCpu('line-up', { 'line-up.temperature': '0.01', 'line-up.keys': '1,2,three' });
    await expect
      .poll(() => reader.page.$eval('#learn .messages', (element) => element.textContent))
      .toContain('keys=1,2,three: expected 6 numbers');
    expect(await reader.number('effective negatives')).toBeCloseTo(1, 2);
    await reader.page.$eval('#scene-line-up .end button', (button) => button.click());
    await expect.poll(() => reader.number('effective negatives')).toBeGreaterThan(1.1);
    await expect.poll(() => new URL(reader.page.url()).hash).toBe('#learn=line-up&engine=cpu');
    await reader.page.close();
  });

  it('is moved by arrow keys, and reads as text', async () => {
    const { page } = await openOnCpu('line-up');
    await page.$eval('#scene-line-up .handle:has(.anchor)', (handle) => (handle as SVGElement).focus());
    const value = () =>
      page.$eval('#scene-line-up .handle:has(.anchor)', (handle) =>
        Number(handle.getAttribute('aria-valuenow')),
      );
    expect(await value()).toBe(90);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(value).toBe(87);
    const text = await page.$eval('#scene-line-up .handle:has(.positive)', (handle) =>
      handle.getAttribute('aria-valuetext'),
    );
    expect(text).toMatch(/degrees, cosine [\d.]+, probability \d+ %/);
    await expect
      .poll(() => page.$eval('#scene-line-up .said-only', (said) => said.textContent))
      .toMatch(/loss is [\d.]+ nats/);
    await page.close();
  });
});

describe('the game', () => {
  it('is played by thumb: ten rounds, two finite scores; reset closes it, and it begins anew', async () => {
    const reader = await openScene(browsers.chromium, built.url, 'line-up', { engine: 'cpu' }, PHONE);
    const text = (selector: string) =>
      reader.page.$eval(`#scene-line-up ${selector}`, (element) => element.textContent!);
    const begin = '.controls button';
    const next = '.game .primary';
    await reader.press(begin);
    await expect.poll(() => text('.game h3')).toContain('Round 1 of 10');
    expect(await reader.isDrawn('.game .score')).toBe(false);
    for (let round = 1; round <= 10; round++) {
      await reader.page.$eval('#scene-line-up .picture', (picture) =>
        picture.scrollIntoView({ block: 'center' }),
      );
      const key = await reader.place(`[aria-label="Key ${'ABCDEF'[round % 6]}"] circle`);
      await reader.page.touchscreen.tap(key.x, key.y);
      await expect.poll(() => reader.isDrawn(next)).toBe(true);
      expect(await reader.isDrawn('.game .score')).toBe(true);
      for (const name of ['own loss', 'softmax loss']) {
        const score = await reader.number(name);
        expect(Number.isFinite(score)).toBe(true);
        expect(score).toBeGreaterThan(0);
      }
      if (round < 10) {
        await reader.press(next);
        await expect.poll(() => text('.game h3')).toContain(`Round ${round + 1} of 10`);
      }
    }
    expect(await text('.game .said')).toMatch(/(You win|The softmax wins) at temperature 0\.2/);
    expect(await text(next)).toBe('Play again');
    await expect.poll(() => new URL(reader.page.url()).hash).toContain('line-up.playing=true');

    await reader.press('.end button');
    await expect.poll(() => reader.isDrawn('.game')).toBe(false);
    expect(await reader.isDrawn('.stage')).toBe(true);
    await reader.press(begin);
    await expect.poll(() => text('.game h3')).toContain('Round 1 of 10');
    expect(await reader.isDrawn('.game .score')).toBe(false);
    expect(reader.problems).toEqual([]);
    await reader.page.close();
  });
});

describe('a reader who wants less motion', () => {
  it('sees nothing move until asked to, and then it does', async () => {
    const page = await browsers.chromium.newPage();
    await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
    await page.goto(`${built.url}#learn=pictures&engine=cpu`);
    await page.waitForSelector('#scene-pictures data[value]');
    const places = () =>
      page.$$eval('#scene-pictures .handle', (handles) =>
        handles.map((handle) => handle.getAttribute('transform')).join(),
      );
    const before = await places();
    await rest();
    expect(await places()).toBe(before);
    await page.$eval('#scene-pictures .play', (button) => (button as HTMLElement).click());
    await expect.poll(places).not.toBe(before);
    await page.close();
  });
});

async function fromAnchor(reader: Reader, picture: number): Promise<number> {
  return apart(await reader.angle(0), await reader.angle(picture));
}
