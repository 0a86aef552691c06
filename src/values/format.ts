/** Below this a measured value is the rounding of single precision. */
const NOISE = 1e-6;

/** A measured value in about five characters: more decimals for small values, an exponent where those would show nothing. */
export function formatMeasure(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return 'beyond f32';
  if (size >= 1e6) return withMinus(value.toExponential(2));
  if (size < NOISE) return '0.000';
  if (size < 0.0001) return withMinus(value.toExponential(0));
  return withMinus(value.toFixed(size < 0.01 ? 4 : 3));
}

/** Steps or frames per second, in three digits or fewer. */
export function formatRate(perSecond: number): string {
  const decimals = perSecond === 0 || perSecond >= 10 ? 0 : perSecond >= 1 ? 1 : 2;
  return perSecond.toFixed(decimals);
}

/** A share of a whole in percent; only the whole itself is 100 %, and only nothing is 0 %. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.005) return '< 1 %';
  return `${(100 * share).toFixed(share > 0.995 && share < 1 ? 2 : 0)} %`;
}

/** Hyphens that stand for a minus become one: before a number or a term and in exponents, not between letters. */
export function withMinus(text: string): string {
  return text.replaceAll(/(?<![\p{L}\d])-|(?<=\de)-(?=\d)/gu, '−');
}

/** A time in three digits, with its unit. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds >= 1000) return `${threeDigits(milliseconds / 1000)} s`;
  if (milliseconds >= 0.9995) return `${threeDigits(milliseconds)} ms`;
  return `${threeDigits(1000 * milliseconds)} µs`;
}

/** A size of memory in three digits, with its unit. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const unit = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${threeDigits(bytes / 1024 ** unit)} ${units[unit]}`;
}

/** Three digits that say something, none of them behind a point where there are three before it. */
export function threeDigits(value: number): string {
  const decimals = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const rounded = value.toFixed(Math.min(decimals, 6));
  return rounded.includes('.') ? rounded.replace(/\.?0+$/, '') : rounded;
}
