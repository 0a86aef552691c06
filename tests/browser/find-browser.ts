import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { executablePath } from 'puppeteer';

export type BrowserName = 'chromium' | 'firefox';

const COMMANDS: Record<BrowserName, string[]> = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'],
  firefox: ['firefox', 'firefox-esr'],
};

/** Where installers put browsers that are not on the PATH. */
const PLACES: Record<BrowserName, string[]> = {
  chromium: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  ],
  firefox: [
    '/Applications/Firefox.app/Contents/MacOS/firefox',
    'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
  ],
};

/** The executable of a browser on this machine, or undefined. PUPPETEER_EXECUTABLE_PATH names a Chromium and wins. */
export function findBrowser(name: BrowserName): string | undefined {
  const named = name === 'chromium' ? process.env.PUPPETEER_EXECUTABLE_PATH : undefined;
  if (named) return named;
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const onPath = COMMANDS[name].flatMap((command) => folders.map((folder) => join(folder, command)));
  return [...onPath, ...PLACES[name], ...downloaded(name)].find(starts);
}

/** The Chromium of this machine, installed first when there is none. */
export function findOrInstallChromium(): string {
  const installers = [
    ...(process.getuid?.() === 0 ? ['apt-get update && apt-get install -y chromium'] : []),
    'npx puppeteer browsers install chrome',
  ];
  let found = findBrowser('chromium');
  for (const installer of installers) {
    if (found) break;
    console.log(`No Chromium found; trying: ${installer}`);
    spawnSync(installer, { shell: true, stdio: 'inherit', timeout: 300_000 });
    found = findBrowser('chromium');
  }
  if (found) return found;
  throw new MissingBrowser(
    'The tests need Chromium or Chrome: install one (apt-get install chromium, npx puppeteer browsers install chrome) or name it in PUPPETEER_EXECUTABLE_PATH.',
  );
}

/** One line for people, without the stack that would bury it. */
export class MissingBrowser extends Error {
  override readonly name = 'MissingBrowser';
  override stack = undefined;
}

/** What `npx puppeteer browsers install` has put into its cache. */
function downloaded(name: BrowserName): string[] {
  try {
    return [executablePath({ browser: name === 'chromium' ? 'chrome' : name })];
  } catch {
    return [];
  }
}

/** Ubuntu's chromium-browser is a stub that only tells people to use snap, so being there is not enough. */
function starts(path: string): boolean {
  if (!existsSync(path)) return false;
  return process.platform === 'win32' || spawnSync(path, ['--version'], { timeout: 20_000 }).status === 0;
}
