import { withMinus } from '../../values/format.ts';

/** A number in about five digits: what two numbers side by side are compared by. */
export function digits(value: number): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size > 0 && (size < 1e-4 || size >= 1e6)) return withMinus(value.toExponential(1));
  return withMinus(size < 10 ? value.toFixed(4) : value.toPrecision(5));
}
