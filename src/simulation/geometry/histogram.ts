/** How cosines are spread over [-1, 1] in bins of equal width, as shares of their number, and their mean. */
export interface Histogram {
  shares: number[];
  mean: number;
  count: number;
}

/** Values a little outside of [-1, 1], by rounding, count as its ends. Of nothing: shares 0, mean NaN. */
export function histogram(cosines: Iterable<number>, bins: number): Histogram {
  const counts = Array.from({ length: bins }, () => 0);
  let [count, sum] = [0, 0];
  for (const cosine of cosines) {
    counts[Math.min(bins - 1, Math.max(0, Math.floor(((cosine + 1) / 2) * bins)))]++;
    sum += cosine;
    count++;
  }
  return { shares: counts.map((inBin) => inBin / Math.max(1, count)), mean: sum / count, count };
}
