/** Below this a measured value is the rounding of single precision. */
const NOISE = 1e-6;

/** A measured value in about five characters: three decimals, or an exponent where those would show nothing. */
export function formatMeasure(value: number): string {
  const size = Math.abs(value);
  if (size < NOISE) return '0.000';
  return withMinus(size < 0.001 ? value.toExponential(1) : value.toFixed(3));
}

/** Hyphens become minus signs. */
export function withMinus(text: string): string {
  return text.replaceAll('-', '−');
}
