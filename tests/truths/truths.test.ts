import { describe, expect, test } from 'vitest';
import { createCpuEngine } from '../../src/engine/cpu/cpu-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import {
  half,
  naiveLogSumExp,
  overflowTemperature,
  shiftedLogSumExp,
  single,
} from '../../src/truths/overflow.ts';
import { truths } from '../../src/truths/registry.ts';
import { cloudOf, settings } from '../conformance/groups/truths.ts';

const sound = await createCpuEngine();

/** An engine that gets everything a little wrong, and goes uphill. */
const broken: Engine = {
  ...sound,
  async evaluate(spec, batch, options) {
    const evaluation = await sound.evaluate(spec, batch, options);
    const parts = Object.entries(evaluation.gradient ?? {}).map(([name, part]) => [
      name,
      part.map((value: number) => -0.9 * value),
    ]);
    return {
      ...evaluation,
      loss: 0.99 * evaluation.loss - 1e-3,
      gradient: Object.fromEntries(parts),
    };
  },
  similarity: async (batch, options) =>
    (await sound.similarity(batch, options)).map((value) => (value > 0 ? 0.5 : -0.5)),
  softmax: (logits, shape, temperature) => sound.softmax(logits, shape, 1.2 * temperature),
};

test('numbers are told once, in order', () => {
  const numbers = truths.map(({ number }) => number);
  expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
});

describe('a wrong engine turns every truth red', () => {
  test.each(truths.map((truth) => ({ truth, number: truth.number, name: truth.name })))(
    '$number $name',
    { timeout: 180_000 },
    async ({ truth, number }) => {
      const readings = await truth.evaluate(broken, cloudOf(settings[number][0]));
      expect(readings.filter(({ holds }) => !holds)).not.toEqual([]);
    },
  );
});

describe('half precision', () => {
  test.each([
    [0, 0],
    [1, 1],
    [2049, 2048],
    [2051, 2052],
    [0.1, 0.0999755859375],
    [65504, 65504],
    [65519, 65504],
    [65520, Infinity],
    [-70000, -Infinity],
    [2 ** -24, 2 ** -24],
    [2 ** -26, 0],
    [-1.5 * 2 ** -24, -(2 ** -23)],
  ])('%d becomes %d', (value, expected) => expect(half(value)).toBe(expected));

  test('NaN stays NaN', () => expect(half(NaN)).toBeNaN());
});

test('a plain log-sum-exp overflows where it is said to, the shifted one does not', () => {
  const row = [1, 0.5, -0.2];
  for (const [round, temperature] of [
    [half, 0.0902],
    [single, 0.01127],
  ] as const) {
    expect(overflowTemperature(1, round)).toBeCloseTo(temperature, 4);
    expect(naiveLogSumExp(row, 1.01 * temperature, round)).toBeCloseTo(1 / (1.01 * temperature), 1);
    expect(naiveLogSumExp(row, 0.99 * temperature, round)).toBe(Infinity);
    expect(shiftedLogSumExp(row, 0.99 * temperature, round)).toBeCloseTo(1 / (0.99 * temperature), 1);
  }
});
