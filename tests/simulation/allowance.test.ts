import { expect, test } from 'vitest';
import { Allowance } from '../../src/simulation/allowance.ts';

const FRAME = 16;

/** Steps done over `frames` frames when a step takes `cost` milliseconds. */
function play(perFrame: number, frames: number, cost: number): number {
  const allowance = new Allowance();
  let done = 0;
  let free = 0;
  for (let now = 0; now < frames * FRAME; now++) {
    if (now % FRAME === 0) allowance.grant(perFrame, now);
    while (free <= now && allowance.take(now)) {
      done++;
      free = Math.max(free, now) + cost;
    }
  }
  return done;
}

test('a quick engine does what is asked, fractions included', () => {
  expect(play(3, 100, 0.01)).toBe(300);
  expect(play(0.25, 100, 0.01)).toBe(25);
});

test('a slow engine never rests while it is asked', () => {
  expect(play(1, 1000, 500)).toBe(32);
  expect(play(10, 1000, 40)).toBe(400);
});

test('no debt: after long slowness it does not catch up', () => {
  const allowance = new Allowance();
  for (let frame = 0; frame < 100; frame++) allowance.grant(2, frame * FRAME);
  let done = 0;
  while (allowance.take(100 * FRAME)) done++;
  expect(done).toBeLessThanOrEqual(3);
});

test('who stops asking has paused, and one step asked for later is one step', () => {
  const allowance = new Allowance();
  allowance.grant(5.5, 0);
  expect(allowance.take(0)).toBe(true);
  expect(allowance.take(500)).toBe(false);
  allowance.grant(1, 1000);
  expect(allowance.take(1000)).toBe(true);
  expect(allowance.take(1000)).toBe(false);
});
