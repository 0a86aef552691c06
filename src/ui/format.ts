/** A measured value in about four characters: three decimals, or an exponent where those would show nothing. */
export function formatMeasure(value: number): string {
  const small = value !== 0 && Math.abs(value) < 0.001;
  return withMinus(small ? value.toExponential(1) : value.toFixed(3));
}

/** Hyphens become minus signs. */
export function withMinus(text: string): string {
  return text.replaceAll('-', '−');
}
