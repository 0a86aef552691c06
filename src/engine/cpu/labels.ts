/** Labels counted from 0 in the order in which they come, and how many points the largest class has. */
export function numbered(given: Uint32Array): { labels: Int32Array; most: number } {
  const known = new Map<number, number>();
  const members = new Int32Array(given.length);
  let most = 0;
  const labels = Int32Array.from(given, (label) => {
    let number = known.get(label);
    if (number === undefined) {
      number = known.size;
      known.set(label, number);
    }
    most = Math.max(most, ++members[number]);
    return number;
  });
  return { labels, most };
}
