import { afterEach, expect, test, vi } from 'vitest';
import { Slices } from '../../src/engine/slices.ts';

afterEach(() => vi.restoreAllMocks());

test('slow units after quick ones end a slice soon', () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const slices = new Slices(1e6);
  for (let block = 0; block < 100; block++) slices.spend(256);
  let slow = 0;
  do {
    slow++;
    now += 1;
  } while (!slices.spend(1) && slow < 1000);
  expect(slow).toBeLessThan(16);
});

test('the clock is not looked at for every small unit', () => {
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  const slices = new Slices(1e6);
  for (let unit = 0; unit < 1000; unit++) {
    now += 0.01;
    if (slices.spend(1)) break;
  }
  expect(now).toBeGreaterThan(4.9);
  expect(now).toBeLessThan(5.2);
  expect(clock.mock.calls.length).toBeLessThan(120);
});
