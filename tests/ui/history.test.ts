import { describe, expect, it } from 'vitest';
import { Diagnosis } from '../../src/ui/diagnosis.ts';
import { History } from '../../src/ui/history.ts';
import { presets, presetState } from '../../src/ui/presets.ts';

function statistics(step: number, loss: number, count = 1) {
  return { step, loss, count, gradientNorm: 0, alignment: 0, uniformity: 0, radius: 1 };
}

describe('the history of a run', () => {
  it('keeps the first step and stays small however long the run', () => {
    const history = new History();
    for (let step = 1; step <= 20_000; step++) history.push(statistics(step, 1 / step));
    expect(history.length).toBeLessThanOrEqual(1024);
    expect(history.length).toBeGreaterThan(400);
    expect(history.steps[0]).toBe(1);
    expect(history.steps.at(-1)).toBeGreaterThan(19_900);
    history.steps.forEach((step, index) => expect(history.values.loss[index]).toBe(1 / step));
  });

  it('takes each step once', () => {
    const history = new History();
    expect(history.push(statistics(5, 1))).toBe(true);
    expect(history.push(statistics(5, 1))).toBe(true);
    expect(history.push(statistics(4, 1))).toBe(false);
    expect(history.steps).toEqual([5]);
  });
});

describe('the diagnosis', () => {
  const state = { ...presetState(presets[0]), points: 32 };
  const ceiling = Math.log(31);

  it('names the plateau that a loss rests at, but only after a while', () => {
    const diagnosis = new Diagnosis();
    expect(diagnosis.read(state, statistics(1, ceiling))).toBeUndefined();
    const found = diagnosis.read(state, statistics(500, ceiling + 1e-4));
    expect(found?.sentence).toContain('ln 31');
    expect(found?.broken).toBe(false);
  });

  it('forgets a plateau that the loss left', () => {
    const diagnosis = new Diagnosis();
    diagnosis.read(state, statistics(1, ceiling));
    expect(diagnosis.read(state, statistics(400, ceiling - 1))).toBeUndefined();
    expect(diagnosis.read(state, statistics(401, ceiling))).toBeUndefined();
  });

  it('calls a loss that is no number broken, and a loss of nothing what it is', () => {
    expect(new Diagnosis().read(state, statistics(7, NaN))).toMatchObject({ broken: true });
    expect(new Diagnosis().read(state, statistics(7, 0, 0))?.sentence).toContain('count 0');
  });
});

it('metrics that come later than their step replace what was there', () => {
  const history = new History();
  history.push({ ...statistics(5, 1), alignment: 2 });
  expect(history.push({ ...statistics(5, 1), alignment: 0.1 })).toBe(true);
  expect(history.steps).toEqual([5]);
  expect(history.values.alignment).toEqual([0.1]);
});
