import { setTimeout as wait } from 'node:timers/promises';
import type { Browser } from 'puppeteer';
import { openScene } from '../scenes/reader.ts';
import type { Topic } from './report.ts';

/** Scenes whose loss follows the hand, and a handle of each. */
const HANDLES = {
  pictures: '.handle:nth-child(1)',
  margins: '.handle:nth-child(3)',
  'line-up': '.handle:has(.anchor)',
};
const LEAST_STEPS = 60;
const DRAG_MS = 3000;
/** A hand goes round in so many CSS pixels, at so many radians per millisecond. */
const RADIUS = 40;
const SPEED = 0.004;

/** How often a second a scene computes anew where a hand is, and shows it, on the fallback. */
export async function measureScenes(browser: Browser, url: string): Promise<Topic> {
  const topic: Topic = {
    title: 'Steps of interaction a second in the scenes, engine=cpu',
    rows: [],
    notes: [
      'By keys: an arrow key whenever the loss of the one before is shown: what the scene can follow.',
      'By mouse: the same while a handle is dragged. The browser hands moves over once a frame, and frames are painted in software.',
    ],
    requirements: [],
  };
  for (const [scene, handle] of Object.entries(HANDLES)) {
    const reader = await openScene(browser, url, scene, { engine: 'cpu' });
    const byKeys = await reader.page.evaluate(pressKeys, `#scene-${scene}`, handle, DRAG_MS);
    const { mouse } = reader.page;
    const { x, y } = await reader.place(handle);
    await mouse.move(x, y);
    await mouse.down();
    const counting = await reader.page.evaluateHandle(count, `#scene-${scene}`);
    const begun = performance.now();
    for (let time = 0; time < DRAG_MS; time = performance.now() - begun) {
      await mouse.move(x + RADIUS * Math.sin(SPEED * time), y + RADIUS * (1 - Math.cos(SPEED * time)));
      await wait(4);
    }
    const { shown, frames, seconds } = await counting.evaluate((counted) => ({
      ...counted,
      seconds: (performance.now() - counted.begun) / 1000,
    }));
    await mouse.up();
    await reader.page.close();
    topic.rows.push({
      scene,
      'by keys, steps/s': byKeys,
      'by mouse, steps/s': shown / seconds,
      'frames/s meanwhile': frames / seconds,
    });
    topic.requirements.push({
      what: `steps of interaction a second, ${scene}, by keys`,
      limit: `${LEAST_STEPS} or more`,
      got: byKeys.toFixed(0),
      met: byKeys >= LEAST_STEPS,
    });
  }
  return topic;
}

/** Runs in the page: steps a second. */
async function pressKeys(section: string, handle: string, milliseconds: number): Promise<number> {
  const loss = document.querySelector(`${section} data[data-name="loss"]`)!;
  const point = document.querySelector(`${section} ${handle}`)!;
  const begun = performance.now();
  let steps = 0;
  while (performance.now() - begun < milliseconds) {
    const shown = new Promise<void>((resolve) => {
      const observer = new MutationObserver(() => {
        observer.disconnect();
        resolve();
      });
      observer.observe(loss, { attributeFilter: ['value'] });
    });
    // There and back again.
    const key = Math.floor(steps / 20) % 2 === 0 ? 'ArrowLeft' : 'ArrowRight';
    point.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    await shown;
    steps++;
  }
  return (1000 * steps) / (performance.now() - begun);
}

/** Runs in the page, and goes on counting. */
function count(section: string): { shown: number; frames: number; begun: number } {
  const counted = { shown: 0, frames: 0, begun: performance.now() };
  const loss = document.querySelector(`${section} data[data-name="loss"]`)!;
  new MutationObserver(() => counted.shown++).observe(loss, { attributeFilter: ['value'] });
  const frame = () => {
    counted.frames++;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  return counted;
}
