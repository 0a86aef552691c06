/** What a logarithmic slider stands on: positions are log10 of the value. */
export interface LogScale {
  minimum: number;
  maximum: number;
  integer: boolean;
}

export function toPosition(value: number): number {
  return Math.log10(value);
}

/**
 * The value at a position, rounded to what a hand means: whole numbers to 2^k and 3 * 2^k (batch sizes, point counts),
 * others to two significant digits; the ends of the scale are always reached.
 * A scale without extent has one value, whatever position a slider makes of dividing by zero.
 */
export function toValue(position: number, { minimum, maximum, integer }: LogScale): number {
  if (!(maximum > minimum) || Number.isNaN(position)) return minimum;
  const value = 10 ** position;
  if (value <= minimum * (1 + 1e-9)) return minimum;
  if (value >= maximum * (1 - 1e-9)) return maximum;
  const rounded = integer ? roundToHalfOctave(value) : Number(value.toPrecision(2));
  return Math.min(Math.max(rounded, minimum), maximum);
}

function roundToHalfOctave(value: number): number {
  if (value < 8) return Math.round(value);
  const octave = 2 ** Math.floor(Math.log2(value));
  const candidates = [octave, 1.5 * octave, 2 * octave];
  return candidates.reduce((best, next) => (Math.abs(next - value) < Math.abs(best - value) ? next : best));
}
