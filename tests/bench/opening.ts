import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'puppeteer';
import type { BuiltPage } from '../browser/build.ts';
import { App } from './app.ts';
import { hasMoved } from './probe.ts';
import { rounded, summarize } from './report.ts';
import type { Topic } from './report.ts';

const OPENINGS = 5;
const LONGEST_MS = 1500;
const MOST_JAVASCRIPT = 120 * 1024;
const KIB = 1024;

/** From opening the page to moving points, and the JavaScript that takes. Every opening begins with an empty cache. */
export async function measureOpening(browser: Browser, built: BuiltPage): Promise<Topic> {
  const topic: Topic = { title: 'Opening the page (1,024 points)', rows: [], notes: [], requirements: [] };
  let requests: { path: string; at: number }[] = [];
  built.onRequest((path) => requests.push({ path, at: Date.now() }));
  for (const [name, hash] of [
    ['auto', ''],
    ['webgpu', 'engine=webgpu'],
  ]) {
    const times: number[] = [];
    let engine = '';
    let javaScript: string[] = [];
    for (let opening = 0; opening < OPENINGS; opening++) {
      requests = [];
      const context = await browser.createBrowserContext();
      const app = await App.open(context, built.url, hash);
      await app.until(hasMoved, 20_000);
      times.push(await movingPointsShown(app));
      // Charts come once points move, and are no part of the first load.
      const movedAt = await app.movedAt();
      // Whoever asks again is answered from the cache.
      javaScript = [
        ...new Set(requests.flatMap(({ path, at }) => (path.endsWith('.js') && at <= movedAt ? [path] : []))),
      ];
      engine = await app.engine();
      await context.close();
    }
    const bytes = await built.gzippedBytes(javaScript);
    const time = summarize(times);
    topic.rows.push({
      engine: name,
      'to moving points, ms': time,
      'first opening, ms': times[0],
      'JavaScript requested, KiB gzipped': bytes / KIB,
      files: javaScript.length,
      computes: engine,
    });
    topic.requirements.push(
      {
        what: `opening to moving points, engine=${name}`,
        limit: `under ${rounded(LONGEST_MS)} ms`,
        got: `${rounded(time.median)} ms`,
        met: time.median < LONGEST_MS,
      },
      {
        what: `JavaScript of the first load, engine=${name}`,
        limit: `under ${rounded(MOST_JAVASCRIPT / KIB)} KiB gzipped`,
        got: `${rounded(bytes / KIB)} KiB`,
        met: bytes < MOST_JAVASCRIPT,
      },
    );
  }
  const all = (await readdir(join(built.folder, 'assets'))).filter((file) => file.endsWith('.js'));
  const total = await built.gzippedBytes(all.map((file) => `assets/${file}`));
  topic.notes.push(
    `All JavaScript of the build: ${rounded(total / KIB)} KiB gzipped in ${all.length} files, most of it on demand.`,
  );
  return topic;
}

/** When the first picture of points that have moved was finished: drawn in the frame that the page marks, or later. */
async function movingPointsShown(app: App): Promise<number> {
  for (;;) {
    const { moved, frames, pictures } = await app.log();
    if (moved === undefined) return NaN;
    const frame = frames.find(({ ended }) => ended >= moved);
    const picture = frame && pictures.find(({ drawn }) => drawn >= frame.began);
    if (picture && picture.finished < Infinity) return Math.max(frame.ended, picture.finished);
  }
}
