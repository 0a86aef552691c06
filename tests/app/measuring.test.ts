import { describe, expect, test } from 'vitest';
import { useChromium } from '../browser/chromium.ts';
import { openApp } from './open-app.ts';
import type { App } from './open-app.ts';

const chromium = useChromium();

/** The numbers in the column of the table whose heads begin with a row's name. */
function cellsOf({ page }: App, row: string): Promise<string[]> {
  return page.$$eval(
    '#notebook tr',
    (rows, name) =>
      [...(rows.find((each) => each.textContent!.includes(name))?.querySelectorAll('td') ?? [])].map(
        (cell) => cell.textContent!,
      ),
    row,
  );
}

describe.each(['webgpu', 'cpu'])('on %s', (engine) => {
  test('the profiler measures the run, draws a roofline, writes the timeline, and lets the run go on', async () => {
    const app = await openApp(
      chromium.browser,
      chromium.built.url,
      `engine=${engine}&points=128&notebook=profiler`,
      () => {
        const tracks: string[] = [];
        Object.assign(globalThis, { tracks });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as PerformanceMeasure[]) {
            const { dataType, track } = entry.detail?.devtools ?? {};
            if (dataType === 'track-entry') tracks.push(`${track}: ${entry.name}`);
          }
        }).observe({ type: 'measure' });
      },
    );
    await app.page.waitForSelector('#notebook table.kernels', { timeout: 50_000 });
    const [time, flops] = await cellsOf(app, engine === 'cpu' ? 'loss and gradient' : 'gradient (nt-xent');
    expect(time).toMatch(/^(< )?[\d.]+ (µs|ms|s)$/);
    expect(Number(flops)).toBeGreaterThan(0);
    const [, ceiling, bandwidth] = await cellsOf(app, 'Ceilings');
    expect(Number(ceiling)).toBeGreaterThan(0);
    expect(Number(bandwidth)).toBeGreaterThan(0);
    expect(await app.page.$$('#notebook .log-plot .dot')).not.toEqual([]);
    await app.untilStep((await app.step()) + 3);
    const tracks = await app.page.evaluate(() => (globalThis as unknown as { tracks: string[] }).tracks);
    expect(tracks.some((entry) => /^Kernels \((GPU|wall) time\): .*gradient/.test(entry))).toBe(true);
    expect(app.problems).toEqual([]);
    await app.page.close();
  });

  test('the stress test ramps, draws, offers its record, and when it is cancelled the run goes on', async () => {
    const app = await openApp(
      chromium.browser,
      chromium.built.url,
      `engine=${engine}&points=128&notebook=stress`,
    );
    const { page } = app;
    await app.untilStep(1);
    await page.evaluate(() => {
      for (const label of document.querySelectorAll('#notebook label')) {
        const select = label.querySelector('select')!;
        const value = { 'At d': '3', 'Up to N': '4096', 'Time budget': '10' }[
          label.textContent!.match(/^(At d|Up to N|Time budget)/)?.[0] ?? ''
        ];
        if (value) select.value = value;
      }
    });
    await app.press('Start');
    await app.press('Cancel');
    await page.waitForFunction(() => document.querySelector('#notebook')!.textContent!.includes('Cancelled'));
    await app.untilStep((await app.step()) + 2);

    await app.press('Start');
    const offer = await page.waitForSelector('::-p-xpath(//button[.="Download CSV"])', { timeout: 50_000 });
    expect(offer).not.toBeNull();
    const [time, memory, matrix, loss] = await cellsOf(app, '1,024');
    expect(time).toMatch(/^[\d.]+ (µs|ms|s)$/);
    expect(memory).toMatch(/^[\d.]+ (KiB|MiB)$/);
    expect(matrix).toBe('4 MiB');
    expect(Number(loss)).toBeGreaterThan(0);
    expect(await page.$$('#notebook .log-plot .dot')).not.toEqual([]);
    await app.untilStep((await app.step()) + 2);
    expect(app.problems).toEqual([]);
    await page.close();
  });
});
