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
      'Evaluations by the engine whose loss was shown while the handle was dragged with the mouse. There is no more than one for each frame.',
    ],
    requirements: [],
  };
  for (const [scene, handle] of Object.entries(HANDLES)) {
    const reader = await openScene(browser, url, scene, { engine: 'cpu' });
    const { mouse } = reader.page;
    const { x, y } = await reader.place(handle);
    await mouse.move(x, y);
    await mouse.down();
    const counting = await reader.page.evaluateHandle((section) => {
      const count = { shown: 0, frames: 0, begun: performance.now() };
      const loss = document.querySelector(`${section} data[data-name="loss"]`)!;
      new MutationObserver(() => count.shown++).observe(loss, { attributeFilter: ['value'] });
      const frame = () => {
        count.frames++;
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
      return count;
    }, `#scene-${scene}`);
    const begun = performance.now();
    for (let time = 0; time < DRAG_MS; time = performance.now() - begun) {
      await mouse.move(x + RADIUS * Math.sin(SPEED * time), y + RADIUS * (1 - Math.cos(SPEED * time)));
      await wait(4);
    }
    const { shown, frames, seconds } = await counting.evaluate((count) => ({
      ...count,
      seconds: (performance.now() - count.begun) / 1000,
    }));
    await mouse.up();
    await reader.page.close();
    topic.rows.push({ scene, 'steps/s': shown / seconds, 'frames/s': frames / seconds });
    topic.requirements.push({
      what: `steps of interaction a second, ${scene}`,
      limit: `${LEAST_STEPS} or more`,
      got: (shown / seconds).toFixed(0),
      // A frame may be missed at either end.
      met: shown / seconds >= LEAST_STEPS - 1,
    });
  }
  return topic;
}
