import { expect, it } from 'vitest';
import { formatMeasure } from '../../src/ui/format.ts';

it.each([
  [4.84615, '4.846'],
  [-2.0798, '−2.080'],
  [0.00043, '4.3e−4'],
  [-1e-9, '0.000'],
  [0, '0.000'],
  [NaN, 'NaN'],
])('%d is shown as %s', (value, text) => {
  expect(formatMeasure(value)).toBe(text);
});
