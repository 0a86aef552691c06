import { setTimeout as wait } from 'node:timers/promises';
import type { Browser } from 'puppeteer';
import { App } from './app.ts';
import { ENGINES, FIRST_STEP_MS, LEAST_FRAMES, rate, SETTLE_MS } from './frames.ts';
import { hasMoved } from './probe.ts';
import type { Log } from './probe.ts';
import { rounded, summarize } from './report.ts';
import type { Topic } from './report.ts';

const LONGEST_ANSWER_MS = 100;
/** Every button is pressed so often; even, so that a run which is paused goes on. */
const PRESSES = 6;
/** Long enough for every answer. */
const PRESS_MS = 800;
const DRAG_MS = 1500;

/** How soon the controls answer while large steps are taken, by real mouse events. */
export async function measureControls(browser: Browser, url: string): Promise<Topic> {
  const topic: Topic = {
    title: 'Controls, ms (NT-Xent, 4,096 points, d = 3, full batch)',
    rows: [],
    notes: [
      'From the mouse event to the end of the first frame that shows its effect; where the effect is in the cloud (Reset, turning it), until the device has drawn it.',
      'Longest paint: the browser’s own time from a click to the next frame on the screen (Event Timing), whatever that shows.',
    ],
    requirements: [],
  };
  for (const engine of ENGINES) {
    const app = await App.open(browser.defaultBrowserContext(), url, `points=4096&engine=${engine}`);
    await app.until(hasMoved, FIRST_STEP_MS);
    await wait(SETTLE_MS);
    const toggles = await pressRepeatedly(app, ['Pause', 'Play']);
    const resets = await pressRepeatedly(app, ['Reset']);
    const slider = await app.slider('Temperature');
    const drag = await app.watch(() => app.dragAcross(slider, DRAG_MS));
    const cloud = await app.cloud();
    const turn = await app.watch(() => app.dragAcross(cloud, DRAG_MS));
    await app.page.close();

    const answers = {
      'Pause, Play': summarize(answersTo(toggles, 'click', 'transport')),
      Reset: summarize(answersTo(resets, 'click', 'run')),
      'Temperature, dragged': summarize(answersTo(drag, 'pointermove', 'panel')),
      'cloud, turned': summarize(answersTo(turn, 'pointermove', 'picture')),
    };
    const clicks = [toggles, resets].flatMap(({ paints }) => paints.filter(({ type }) => type === 'click'));
    const turning = rate(turn.pictures.map(({ finished }) => finished));
    topic.rows.push({
      engine,
      ...answers,
      'longest paint': Math.max(...clicks.map(({ duration }) => duration)),
      'pictures/s while turning': turning,
    });
    topic.requirements.push(
      ...Object.entries(answers).map(([control, { median }]) => ({
        what: `${control}, engine=${engine}`,
        limit: `within ${LONGEST_ANSWER_MS} ms`,
        got: `${rounded(median)} ms`,
        met: median <= LONGEST_ANSWER_MS,
      })),
      {
        what: `pictures a second while turning, engine=${engine}`,
        limit: `${LEAST_FRAMES} or more`,
        got: rounded(turning),
        met: turning >= LEAST_FRAMES,
      },
    );
  }
  return topic;
}

function pressRepeatedly(app: App, names: readonly string[]): Promise<Log> {
  return app.watch(async () => {
    for (let press = 0; press < PRESSES; press++) {
      await app.press(names[press % names.length]);
      await wait(PRESS_MS);
    }
  });
}

/** Per input, the time until the frame is done in which its effect is to be seen. */
function answersTo(
  { inputs, changes, pictures, frames }: Log,
  type: string,
  effect: 'transport' | 'panel' | 'run' | 'picture',
): number[] {
  const inCloud = effect === 'run' || effect === 'picture';
  return inputs
    .filter((input) => input.type === type)
    .flatMap(({ at }) => {
      const change =
        changes.find(({ where, at: changed }) => where === effect && changed >= at)?.at ?? Infinity;
      const shown = effect === 'picture' ? at : change;
      const picture = inCloud ? pictures.find(({ drawn }) => drawn >= shown) : undefined;
      const frame = frames.find(({ ended }) => ended >= (inCloud ? (picture?.drawn ?? Infinity) : shown));
      return frame ? [Math.max(frame.ended, picture?.finished ?? 0) - at] : [];
    });
}
