import { describe, expect, it } from 'vitest';
import { toPosition, toValue } from '../../src/values/log-scale.ts';

describe('the logarithmic slider', () => {
  const temperature = { minimum: 0.01, maximum: 10, integer: false };
  const points = { minimum: 2, maximum: 65536, integer: true };

  it('reaches both ends exactly', () => {
    for (const scale of [temperature, points, { minimum: 2, maximum: 12, integer: true }]) {
      expect(toValue(toPosition(scale.minimum), scale)).toBe(scale.minimum);
      expect(toValue(toPosition(scale.maximum), scale)).toBe(scale.maximum);
      expect(toValue(toPosition(scale.minimum) - 1, scale)).toBe(scale.minimum);
      expect(toValue(toPosition(scale.maximum) + 1, scale)).toBe(scale.maximum);
    }
  });

  it('gives equal ratios equal lengths, in values of two digits', () => {
    const middle = (toPosition(0.01) + toPosition(10)) / 2;
    expect(toValue(middle, temperature)).toBe(0.32);
    expect(toValue(toPosition(0.0712345), temperature)).toBe(0.071);
  });

  it('keeps a whole number where it is shown', () => {
    for (const value of [2, 3, 5, 7, 8, 12, 24, 64, 96, 1024, 1536, 65536]) {
      expect(toValue(toPosition(value), points)).toBe(value);
    }
    expect(toValue(toPosition(1000), points)).toBe(1024);
  });

  it('never turns back along the slider', () => {
    for (const scale of [temperature, points]) {
      let previous = -Infinity;
      for (let step = 0; step <= 500; step++) {
        const position =
          toPosition(scale.minimum) + (step / 500) * (toPosition(scale.maximum) - toPosition(scale.minimum));
        const value = toValue(position, scale);
        expect(value).toBeGreaterThanOrEqual(previous);
        previous = value;
      }
    }
  });
});

it('a scale of one value has that value, whatever the slider divides by', () => {
  expect(toValue(NaN, { minimum: 2, maximum: 2, integer: true })).toBe(2);
  expect(toValue(Infinity, { minimum: 2, maximum: 2, integer: true })).toBe(2);
});
