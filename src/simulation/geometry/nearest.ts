/**
 * The k nearest others of every point, nearest first, points x k; of equally near ones the first counts as nearer.
 * @param similarity points x points, row-major; larger is nearer.
 */
export function nearest(similarity: Float32Array, points: number, k: number): Uint32Array {
  const result = new Uint32Array(points * k);
  for (let row = 0; row < points; row++) {
    const at = row * k;
    let found = 0;
    for (let column = 0; column < points; column++) {
      if (column === row) continue;
      const value = similarity[row * points + column];
      if (found === k && value <= similarity[row * points + result[at + k - 1]]) continue;
      let place = found < k ? found++ : k - 1;
      for (; place > 0 && similarity[row * points + result[at + place - 1]] < value; place--) {
        result[at + place] = result[at + place - 1];
      }
      result[at + place] = column;
    }
  }
  return result;
}

/**
 * The share of points whose label is the most frequent one among their k nearest others; of equally frequent ones the
 * label of the nearest counts.
 * @param neighbours points x k, nearest first.
 */
export function neighbourAccuracy(neighbours: Uint32Array, k: number, labels: ArrayLike<number>): number {
  const points = neighbours.length / k;
  let right = 0;
  for (let point = 0; point < points; point++) {
    const votes = new Map<number, number>();
    for (const neighbour of neighbours.subarray(point * k, (point + 1) * k)) {
      votes.set(labels[neighbour], (votes.get(labels[neighbour]) ?? 0) + 1);
    }
    let winner: number | undefined;
    for (const [label, count] of votes) {
      if (winner === undefined || count > votes.get(winner)!) winner = label;
    }
    if (winner === labels[point]) right++;
  }
  return right / points;
}

/**
 * Hubness: the skewness of how often a point is among the k nearest of others, mean((o - m)^3) / sd^3. 0: every point
 * as often; large: a few hubs are near to everybody. 0 where all are equal.
 * Radovanovic et al. 2010, Hubs in Space: Popular Nearest Neighbors in High-Dimensional Data, eq. 1.
 * @param neighbours points x k.
 */
export function occurrenceSkew(neighbours: Uint32Array, k: number): number {
  const points = neighbours.length / k;
  const occurrences = new Float64Array(points);
  for (const neighbour of neighbours) occurrences[neighbour]++;
  let [second, third] = [0, 0];
  for (const count of occurrences) {
    second += (count - k) ** 2 / points;
    third += (count - k) ** 3 / points;
  }
  return second === 0 ? 0 : third / second ** 1.5;
}
