import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, inject, test } from 'vitest';
import { serveBuild } from '../browser/build.ts';
import type { BuiltPage } from '../browser/build.ts';
import { launch } from '../browser/launch.ts';
import { openModulePage } from '../browser/open-page.ts';
import type { ModulePage } from '../browser/open-page.ts';
import { measureControls } from './controls.ts';
import { EVALUATION_PAGE, measureEvaluation, measureMemory } from './evaluation.ts';
import { measureFrames } from './frames.ts';
import { LIMITS_PAGE, measureEveryLoss, measureGrowth, measureShares } from './limits.ts';
import { measureOpening } from './opening.ts';
import { installPeers, measurePeers, warmUp } from './peers.ts';
import { Report } from './report.ts';
import { measureScenes } from './scenes.ts';

let built: BuiltPage;
let browser: Browser;
let report: Report;
let page: ModulePage;

beforeAll(async () => {
  installPeers();
  built = await serveBuild();
  browser = await launch('chromium', { executablePath: inject('chromium') });
  page = await openModulePage(browser, inject('origin'), EVALUATION_PAGE);
  report = new Report(await browser.version());
});

afterAll(async () => {
  await report?.finish();
  await browser?.close();
  await built?.close();
});

// Nothing here fails for being slow, which is the machine's doing as much as ours: the report says what was met.
test('opening', () => report.add(() => measureOpening(browser, built)));
test('frames', () => report.add(() => measureFrames(browser, built.url)));
test('controls', () => report.add(() => measureControls(browser, built.url)));
test('scenes', () => report.add(() => measureScenes(browser, built.url)));
test('evaluation', () => report.add(() => measureEvaluation(page)));
test('memory', () => report.add(() => measureMemory(page)));
test('limits', async () => {
  const limits = await openModulePage(browser, inject('origin'), LIMITS_PAGE);
  await report.add(() => measureShares(limits));
  await report.add(() => measureGrowth(limits));
  await report.add(() => measureEveryLoss(limits));
  await limits.page.close();
});
test('peers, InfoNCE', async () => {
  await warmUp(browser, inject('origin'));
  await report.add(() => measurePeers(browser, inject('origin'), 'info-nce'));
});
test('peers, NT-Xent', () => report.add(() => measurePeers(browser, inject('origin'), 'nt-xent')));
