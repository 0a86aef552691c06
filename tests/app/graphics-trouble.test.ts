import { describe, expect, it } from 'vitest';
import { useChromium } from '../browser/chromium.ts';
import { openApp, recordedSteps, recordSteps } from './open-app.ts';
import type { App } from './open-app.ts';

const chromium = useChromium();

/** Runs in the page: every device goes away when the page is told so, and none compiles what the address names. */
function interfere(): void {
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, descriptor?: GPUDeviceDescriptor) {
    const device = await requestDevice.call(this, descriptor);
    addEventListener('lose-device', () => device.destroy());
    const createShaderModule = device.createShaderModule.bind(device);
    const broken = new URLSearchParams(location.search).get('broken');
    device.createShaderModule = (shader) =>
      createShaderModule(broken && shader.label?.startsWith(broken) ? { ...shader, code: 'oops' } : shader);
    return device;
  };
  if (!new URLSearchParams(location.search).has('hardware')) return;
  Object.defineProperty(GPUAdapter.prototype, 'info', {
    get: () => ({
      vendor: 'tests',
      architecture: 'pretended',
      device: '',
      description: '',
      isFallbackAdapter: false,
    }),
  });
}

/** @param search 'hardware': the adapter passes for a graphics card. 'broken=...': shaders whose label begins so. */
const open = (search: string, hash: string) =>
  openApp(chromium.browser, `${chromium.built.url}?${search}`, hash, interfere);

const said = ({ page }: App) => page.$eval('#messages', (element) => element.textContent);

async function choose(app: App, control: string, choice: string): Promise<void> {
  await (await (await app.control(control)).$('select'))!.select(choice);
}

/** The picture goes on changing, once another engine or renderer has taken over. */
async function expectMotion(app: App): Promise<void> {
  await app.untilStep((await app.step()) + 1);
  const before = await app.picture();
  await app.untilStep((await app.step()) + 5);
  expect(await app.picture()).not.toBe(before);
}

const ascending = (steps: number[]) => steps.toSorted((a, b) => a - b);

describe('a run on a graphics device', () => {
  it('goes on on the CPU when its device is lost', async () => {
    const app = await open('', 'points=64&engine=webgpu');
    await app.untilStep(1);
    // Long enough for a first copy of the run to be taken.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await app.page.evaluate(() => dispatchEvent(new Event('lose-device')));
    await expect
      .poll(() => said(app), { timeout: 5000 })
      .toMatch(/lost.*goes on from step [\d,]+ on the CPU/);
    const from = Number((await said(app))!.match(/step ([\d,]+)/)![1].replaceAll(',', ''));
    await app.untilStep(from + 10);
    await expectMotion(app);
    await app.page.close();
  });

  it('loses no step when a shader of another loss does not compile', async () => {
    const app = await open('broken=finish%20(info-nce)', 'points=64&engine=webgpu');
    await app.untilStep(10);
    await recordSteps(app);
    // Soon enough for the first copy of the run to be old.
    await choose(app, 'Loss', 'InfoNCE');
    await expect
      .poll(() => said(app), { timeout: 10_000 })
      .toMatch(
        /The shader 'finish \(info-nce\)' does not compile\. line 1: .* goes on from step [\d,]+ on the CPU\./s,
      );
    await expectMotion(app);
    const steps = await recordedSteps(app);
    expect(steps).toEqual(ascending(steps));
    await app.page.close();
  });

  it('moves to the CPU from where it stands when the device cannot draw', async () => {
    const app = await open('broken=render%20point', 'points=64&engine=cpu');
    await app.untilStep(10);
    await recordSteps(app);
    await choose(app, 'Engine', 'WebGPU');
    await expect
      .poll(() => said(app), { timeout: 20_000 })
      .toMatch(
        /The shader 'render point' does not compile\. line 1: .* The CPU computes this run instead\./s,
      );
    expect(await said(app)).not.toContain('reports an error');
    await expectMotion(app);
    const steps = await recordedSteps(app);
    expect(steps).toEqual(ascending(steps));
    expect(await app.page.$eval('#status .engine', (element) => element.textContent)).not.toContain('WebGPU');
    await app.page.close();
  });
});

describe('a run on the CPU that a graphics device draws', () => {
  it('is drawn in Canvas 2D when the device does not compile the shaders', async () => {
    const app = await open('hardware&broken=render%20guide', 'points=64&engine=cpu');
    await app.untilStep(1);
    expect(await said(app)).toMatch(
      /'render guide' does not compile\. line 1: .* drawn in Canvas 2D instead\./s,
    );
    await expectMotion(app);
    await app.page.close();
  });

  it('is drawn in Canvas 2D when the device is lost, and goes on', async () => {
    const app = await open('hardware', 'points=64&engine=cpu');
    await app.untilStep(10);
    const drawsWithWebGpu = () =>
      app.page.$eval('#stage canvas', (canvas) => (canvas as HTMLCanvasElement).getContext('2d') === null);
    expect(await drawsWithWebGpu()).toBe(true);
    await recordSteps(app);
    await app.page.evaluate(() => dispatchEvent(new Event('lose-device')));
    await expect
      .poll(() => said(app), { timeout: 5000 })
      .toMatch(/device was lost.*drawn in Canvas 2D instead\./);
    expect(await drawsWithWebGpu()).toBe(false);
    await expectMotion(app);
    const steps = await recordedSteps(app);
    expect(steps).toEqual(ascending(steps));
    await app.page.close();
  });
});
