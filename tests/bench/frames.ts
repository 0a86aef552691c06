import { setTimeout as wait } from 'node:timers/promises';
import type { Browser } from 'puppeteer';
import { App } from './app.ts';
import { hasMoved } from './probe.ts';
import type { Log } from './probe.ts';
import { percentile, rounded } from './report.ts';
import type { Topic } from './report.ts';

export const ENGINES = ['webgpu', 'cpu', 'reference'] as const;
export const LEAST_FRAMES = 20;
/** The slowest engine takes its first step within this. */
export const FIRST_STEP_MS = 30_000;
/** Time for the pacing to find what the machine can do. */
export const SETTLE_MS = 2500;
const WATCH_MS = 4000;
/** A rate takes two intervals between steps, and slow engines some patience. */
const LEAST_STEPS = 3;
const LONGEST_WATCH_MS = 15_000;

/** How many frames and steps a second the page makes when nobody touches it. */
export async function measureFrames(browser: Browser, url: string): Promise<Topic> {
  const topic: Topic = {
    title: 'Frames and steps (NT-Xent, d = 3, full batch, 1,000 steps a second asked for)',
    rows: [],
    notes: [
      'Frames: calls of requestAnimationFrame. Pictures: of the cloud, which is drawn when it has moved: once a step at most.',
    ],
    requirements: [],
  };
  for (const points of [256, 4096]) {
    for (const engine of ENGINES) {
      const link = `points=${points}&engine=${engine}&speed=1000`;
      const app = await App.open(browser.defaultBrowserContext(), url, link);
      await app.until(hasMoved, FIRST_STEP_MS);
      await wait(SETTLE_MS);
      const { frames, pictures, steps } = await app.watch(async () => {
        const told = (await app.log()).steps.length;
        await wait(WATCH_MS);
        await app.until((log) => log.steps.length >= told + LEAST_STEPS, LONGEST_WATCH_MS);
      });
      await app.page.close();
      const began = frames.map((frame) => frame.began);
      const gaps = began.slice(1).map((time, index) => time - began[index]);
      const frameRate = rate(began);
      topic.rows.push({
        points,
        engine,
        'steps/s': stepRate(steps),
        'frames/s': frameRate,
        'from frame to frame, ms': percentile(gaps, 0.5),
        '95 % below': percentile(gaps, 0.95),
        'pictures/s': rate(pictures.map(({ finished }) => finished)),
      });
      topic.requirements.push({
        what: `frames a second, ${rounded(points)} points, engine=${engine}`,
        limit: `${LEAST_FRAMES} or more`,
        got: rounded(frameRate),
        met: frameRate >= LEAST_FRAMES,
      });
    }
  }
  return topic;
}

/** Steps a second between the first and the last time that the status line told another step. */
function stepRate(steps: Log['steps']): number {
  const [first, last] = [steps[0], steps.at(-1)];
  return first && last && last !== first ? (1000 * (last.step - first.step)) / (last.at - first.at) : 0;
}

/** How many a second, of what came to an end. */
export function rate(all: number[]): number {
  const times = all.filter(Number.isFinite);
  return times.length < 2 ? 0 : (1000 * (times.length - 1)) / (times.at(-1)! - times[0]);
}
