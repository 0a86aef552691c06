import { launch as launchPuppeteer } from 'puppeteer';
import type { Browser } from 'puppeteer';
import type { BrowserName } from './find-browser.ts';

/** Presents WebGPU canvases from SwiftShader, so that screenshots show them; with fewer flags they come out blank. */
const CHROMIUM_FLAGS = [
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
  '--use-angle=swiftshader',
  '--ignore-gpu-blocklist',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
];

/** Without these, Firefox on Linux is as it ships: no navigator.gpu. */
const FIREFOX_WEBGPU_PREFERENCES = { 'dom.webgpu.enabled': true, 'gfx.webgpu.ignore-blocklist': true };

export interface LaunchOptions {
  executablePath: string;
  /** Firefox only: whether navigator.gpu is switched on. Chromium always has it. */
  webgpu?: boolean;
}

/** Starts a headless browser whose WebGPU runs in software, so that every machine sees the same. */
export function launch(
  name: BrowserName,
  { executablePath, webgpu = true }: LaunchOptions,
): Promise<Browser> {
  // A suite in the page takes longer than the protocol's usual three minutes on a slow machine.
  const common = { headless: true, executablePath, protocolTimeout: 900_000 };
  if (name === 'firefox') {
    return launchPuppeteer({
      ...common,
      browser: 'firefox',
      extraPrefsFirefox: webgpu ? FIREFOX_WEBGPU_PREFERENCES : {},
    });
  }
  // Chromium refuses to run as root inside its sandbox.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return launchPuppeteer({ ...common, args: [...CHROMIUM_FLAGS, ...sandbox] });
}
