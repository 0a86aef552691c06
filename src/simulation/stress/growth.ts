/** Fewer points than these are no line. */
const LEAST_POINTS = 3;

/** y = factor x^exponent. */
export interface Growth {
  exponent: number;
  factor: number;
  /** The smallest x that it was fitted to. */
  from: number;
}

/**
 * How fast y grows with x: the least-squares line through their logarithms, from `from` on, or through the last three
 * where fewer are beyond it. Undefined for fewer than three points.
 */
export function fitGrowth(points: readonly { x: number; y: number }[], from = 0): Growth | undefined {
  const sorted = points.filter(({ x, y }) => x > 0 && y > 0).toSorted((one, other) => one.x - other.x);
  const beyond = sorted.filter(({ x }) => x >= from);
  const fitted = beyond.length >= LEAST_POINTS ? beyond : sorted.slice(-LEAST_POINTS);
  if (fitted.length < LEAST_POINTS) return undefined;
  const mean = (value: (point: { x: number; y: number }) => number) =>
    fitted.reduce((sum, point) => sum + value(point), 0) / fitted.length;
  const meanX = mean(({ x }) => Math.log(x));
  const meanY = mean(({ y }) => Math.log(y));
  const covariance = mean(({ x, y }) => (Math.log(x) - meanX) * (Math.log(y) - meanY));
  const variance = mean(({ x }) => (Math.log(x) - meanX) ** 2);
  if (variance === 0) return undefined;
  const exponent = covariance / variance;
  return { exponent, factor: Math.exp(meanY - exponent * meanX), from: fitted[0].x };
}
