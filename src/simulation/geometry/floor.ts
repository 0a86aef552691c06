/**
 * The lowest uniformity there is: log mean exp(-2 |x - y|^2) of points spread evenly over the unit sphere of R^dimension,
 * -4 + log 0F1(; dimension / 2; 4). Wang and Isola 2020.
 */
export function uniformityFloor(dimension: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= 4 / (k * (dimension / 2 + k - 1));
    sum += term;
  }
  return -4 + Math.log(sum);
}
