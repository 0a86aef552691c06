import { expect, it } from 'vitest';
import { formatMeasure, formatRate, formatShare } from '../../src/values/format.ts';

it.each([
  [4.84615, '4.846'],
  [-2.0798, '−2.080'],
  [0.00043, '0.0004'],
  [-0.000043, '−4e−5'],
  [-1e-9, '0.000'],
  [0, '0.000'],
  [NaN, 'beyond f32'],
  [-Infinity, 'beyond f32'],
  [9.607550710933751e29, '9.61e+29'],
])('%d is shown as %s', (value, text) => {
  expect(formatMeasure(value)).toBe(text);
});

it.each([
  [0, '0'],
  [0.254, '0.25'],
  [7.34, '7.3'],
  [59.6, '60'],
])('%d per second is shown as %s', (value, text) => {
  expect(formatRate(value)).toBe(text);
});

it.each([
  [0, '0 %'],
  [0.0001, '< 1 %'],
  [0.005, '1 %'],
  [0.5, '50 %'],
  [0.9999, '99.99 %'],
  [1, '100 %'],
])('share %d', (share, text) => {
  expect(formatShare(share)).toBe(text);
});
