import { describe, expect, it } from 'vitest';
import { useChromium } from '../browser/chromium.ts';
import { apart, openScene, PHONE, rest } from './reader.ts';
import type { Place, Reader } from './reader.ts';

const chromium = useChromium();

const openOnCpu = (scene: string, link: Record<string, string> = {}) =>
  openScene(chromium.browser, chromium.built.url, scene, { engine: 'cpu', ...link });

function angle({ page }: Reader, handle: string): Promise<number> {
  return page.$eval(`#scene-line-up ${handle}`, (element) => Number(element.getAttribute('aria-valuenow')));
}

describe('a hand that misbehaves', () => {
  const query = '.handle:has(.anchor)';
  it('may leave the picture and the window, and let go outside', async () => {
    const reader = await openOnCpu('line-up');
    await reader.drag(query, { x: 2, y: 2 });
    await rest();
    const left = await angle(reader, query);
    expect(left).toBeGreaterThan(100);
    await reader.page.mouse.move(600, 600);
    await rest();
    expect(await angle(reader, query)).toBe(left);
    expect(Number.isFinite(await reader.number('loss'))).toBe(true);
    await reader.page.close();
  });

  it('may put every point on the same place', async () => {
    const reader = await openOnCpu('line-up', {
      'line-up.query': '30',
      'line-up.keys': '30,30,30,30,30,30',
      'line-up.temperature': '0.01',
    });
    await expect.poll(() => reader.number('loss')).toBeCloseTo(Math.log(6), 4);
    expect(reader.problems).toEqual([]);
    await reader.page.close();
  });

  it('may hold two points with two fingers, and one point with two', async () => {
    const reader = await openScene(chromium.browser, chromium.built.url, 'line-up', { engine: 'cpu' }, PHONE);
    await reader.page.$eval('#scene-line-up .picture', (picture) =>
      picture.scrollIntoView({ block: 'center' }),
    );
    const [first, second] = [await reader.place(query), await reader.place('.handle:has(.positive)')];
    // The protocol is told of all fingers that are down.
    const protocol = await reader.page.createCDPSession();
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', fingers: Place[]) =>
      protocol.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: fingers.map((finger, id) => ({ ...finger, id })),
      });
    const third = { x: first.x + 3, y: first.y };
    await touch('touchStart', [first]);
    await touch('touchStart', [first, second]);
    await touch('touchStart', [first, second, third]);
    await touch('touchMove', [
      { x: first.x - 60, y: first.y + 30 },
      { x: second.x + 20, y: second.y + 60 },
      { x: third.x + 90, y: third.y },
    ]);
    await expect.poll(() => angle(reader, query)).toBeGreaterThan(100);
    await expect.poll(() => angle(reader, '.handle:has(.positive)')).toBeLessThan(50);
    await touch('touchEnd', []);
    const after = await angle(reader, query);
    expect(after).toBeGreaterThan(100);
    expect(reader.problems).toEqual([]);
    await reader.page.close();
  });

  it('keeps hold of its point while the window is resized', async () => {
    const reader = await openOnCpu('line-up');
    const from = await reader.place(query);
    await reader.page.mouse.move(from.x, from.y);
    await reader.page.mouse.down();
    await reader.page.mouse.move(from.x - 40, from.y + 10);
    await reader.page.setViewport({ width: 700, height: 900 });
    const guide = await reader.place('.guide');
    await reader.page.mouse.move(guide.x - 100, guide.y);
    await expect.poll(async () => Math.abs(await angle(reader, query))).toBeGreaterThan(150);
    const handle = await reader.place(query);
    expect(handle.x).toBeLessThan(guide.x - 50);
    await reader.page.mouse.up();
    await reader.page.close();
  });
});

describe('a finger', () => {
  /** A slanting way of more than 100 px, as one that would scroll the page goes. */
  const WAY = { x: -50, y: 110 };
  /** Where scenes begin that move by themselves, and how far from the finger a handle may be in CSS pixels. */
  const HANDLES = [
    { scene: 'pictures', handle: '.handle:nth-child(1)', along: 'circle' },
    { scene: 'margins', handle: '.handle:nth-child(3)', along: 'plane' },
    { scene: 'line-up', handle: '.handle:has(.anchor)', along: 'circle' },
    { scene: 'scale', handle: '.handle:has(.cursor)', along: 'axis' },
  ] as const;

  for (const { scene, handle, along } of HANDLES) {
    it(`drags a handle of ${scene} all the way, and the page stays; beside it a swipe scrolls`, async () => {
      const { page, ...reader } = await openScene(
        chromium.browser,
        chromium.built.url,
        scene,
        { engine: 'cpu' },
        PHONE,
      );
      await page.$eval(`#scene-${scene} .picture`, (picture) => picture.scrollIntoView({ block: 'center' }));
      await rest();
      const cancelled = await page.evaluateHandle(() => {
        const types: string[] = [];
        addEventListener('pointercancel', ({ type }) => types.push(type), true);
        return types;
      });
      const scrolled = () => page.evaluate(() => scrollY);
      const protocol = await page.createCDPSession();
      const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: Place[]) =>
        protocol.send('Input.dispatchTouchEvent', { type, touchPoints });
      const way = async (from: Place, by: Place) => {
        await touch('touchStart', [from]);
        for (let step = 1; step <= 12; step++) {
          await touch('touchMove', [{ x: from.x + (by.x * step) / 12, y: from.y + (by.y * step) / 12 }]);
          await page.evaluate(() => new Promise(requestAnimationFrame));
        }
        return { x: from.x + by.x, y: from.y + by.y };
      };

      const before = await scrolled();
      const from = await reader.place(`${handle} .reach`);
      const axis = along === 'axis' ? { x: 110, y: -60 } : WAY;
      const finger = await way(from, axis);
      const middle = along === 'circle' ? await reader.place('.guide') : undefined;
      /** From the finger to the handle: along the circle in degrees, along the axis to the nearest octave. */
      const missed = async () => {
        const at = await reader.place(`${handle} .reach`);
        if (middle) return apart(directionOf(middle, at), directionOf(middle, finger));
        return along === 'axis' ? Math.abs(at.x - finger.x) : Math.hypot(at.x - finger.x, at.y - finger.y);
      };
      await expect.poll(missed).toBeLessThan(along === 'axis' ? 18 : 5);
      expect(await scrolled()).toBe(before);
      await touch('touchEnd', []);
      expect(await cancelled.jsonValue()).toEqual([]);

      const corner = await page.$eval(`#scene-${scene} .stage`, (stage) => {
        const { x, bottom } = stage.getBoundingClientRect();
        return { x: x + 12, y: bottom - 12 };
      });
      await way(corner, { x: 0, y: -120 });
      await touch('touchEnd', []);
      await expect.poll(scrolled).toBeGreaterThan(before + 50);
      expect(reader.problems).toEqual([]);
      await page.close();
    });
  }
});

function directionOf(middle: Place, { x, y }: Place): number {
  return (Math.atan2(middle.y - y, x - middle.x) * 180) / Math.PI;
}
