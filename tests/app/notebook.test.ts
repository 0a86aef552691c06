import { describe, expect, it } from 'vitest';
import { useChromium } from '../browser/chromium.ts';
import { openApp } from './open-app.ts';
import type { App } from './open-app.ts';

/** Measuring waits its turn behind the run, on a machine that may have other work. */
const PATIENCE = { timeout: 45_000, interval: 100 };

const chromium = useChromium();

const open = (hash: string) => openApp(chromium.browser, chromium.built.url, `points=64&speed=5&${hash}`);

const textOf = (app: App, selector: string) =>
  app.page.$$eval(selector, (elements) => elements.map(({ textContent }) => textContent ?? '').join('\n'));

describe.each(['cpu', 'webgpu'])('the notebook beside a run on %s', (engine) => {
  it('tells which truths hold, with their numbers side by side', async () => {
    const app = await open(`engine=${engine}&temperature=0.5&notebook=truths`);
    await expect.poll(() => textOf(app, '.verdict'), PATIENCE).toMatch(/^All \d+ hold\.$/);
    expect(await textOf(app, '.truth.holds')).toMatch(/loss of coinciding points4\.143\d=4\.143\d/);
    expect(await app.page.$$('.truth.fails')).toEqual([]);
    expect(app.problems).toEqual([]);
    await app.page.close();
  });

  it('says on which points a truth was checked', async () => {
    const app = await openApp(
      chromium.browser,
      chromium.built.url,
      `engine=${engine}&points=300&speed=5&notebook=truths`,
    );
    const checked = () => textOf(app, '.truth.holds');
    await expect.poll(checked, PATIENCE).toMatch(/Checked on the first 256 of the run’s 300 points/);
    await expect.poll(checked, PATIENCE).toMatch(/5\.700\d=5\.700\d.*150 pairs of all 300 points/s);
    expect(app.problems).toEqual([]);
    await app.page.close();
  });

  it('measures the cloud', async () => {
    const app = await open(`engine=${engine}&notebook=geometry`);
    await expect.poll(() => textOf(app, '.measurement'), PATIENCE).toMatch(/Effective rank[12]\.\d\d of 3/);
    expect(await app.page.$$('.measurement svg rect.positives')).not.toEqual([]);
    expect(await textOf(app, '.measurement')).not.toMatch(/NaN|undefined|beyond/);
    expect(app.problems).toEqual([]);
    await app.page.close();
  });

  it('tells how far its engine is from float64', async () => {
    const app = await open(`engine=${engine}&notebook=floats`);
    await expect.poll(() => textOf(app, '.engines tbody tr'), PATIENCE).toMatch(/\d/);
    expect(await app.page.$$('.engines tbody tr.fails')).toEqual([]);
    expect(app.problems).toEqual([]);
    await app.page.close();
  });
});

describe('the notebook', () => {
  it('is opened and closed by hand and by key, takes room and gives it back, and is in the link', async () => {
    const app = await open('engine=cpu');
    const width = () => app.page.$eval('#stage', ({ clientWidth }) => clientWidth);
    await app.untilStep(1);
    const whole = await width();
    await app.press('Loss');
    await expect.poll(() => textOf(app, '#notebook h2'), PATIENCE).toBe('NT-Xent');
    expect(await width()).toBeLessThan(whole - 300);
    await expect.poll(() => app.page.url(), PATIENCE).toMatch(/notebook=loss/);
    await app.page.keyboard.press('Escape');
    await expect.poll(width, PATIENCE).toBe(whole);
    expect(await app.page.evaluate(() => document.activeElement?.textContent)).toBe('Loss');
    expect(app.problems).toEqual([]);
    await app.page.close();
  });

  it('typesets the formula of the loss that is chosen', async () => {
    const app = await open('engine=cpu&notebook=loss&loss=sup-con');
    await expect.poll(() => textOf(app, '#notebook h2'), PATIENCE).toBe('SupCon');
    const { height, width } = await app.page.$eval('.formula mfrac', (fraction) =>
      fraction.getBoundingClientRect().toJSON(),
    );
    // Stacked, not side by side: the browser knows MathML.
    expect(height).toBeGreaterThan(20);
    expect(width).toBeLessThan(60);
    await app.page.close();
  });

  it('names what a stuck loss means, and where floats overflow', async () => {
    const app = await open('engine=cpu&notebook=stuck');
    await expect.poll(() => textOf(app, '.answer'), PATIENCE).toMatch(/4\.844 NT-Xent.*ln 127/);
    await app.press('Floats');
    const slider = (await app.page.waitForSelector('#notebook input[type=range]'))!;
    const set = (power: number) =>
      slider.evaluate((input, value) => {
        input.value = value;
        input.dispatchEvent(new Event('input'));
      }, String(power));
    await set(-1);
    await expect.poll(() => textOf(app, '.way.fails'), PATIENCE).toBe('');
    await set(-1.2);
    await expect.poll(() => textOf(app, '.way.fails'), PATIENCE).toMatch(/^Half precision, plainoverflow$/);
    await set(-2);
    await expect
      .poll(() => textOf(app, '.way.fails'), PATIENCE)
      .toMatch(/Half precision, plain.*\nSingle precision, plain/);
    expect(app.problems).toEqual([]);
    await app.page.close();
  });
});
