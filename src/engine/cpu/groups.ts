/** Points by what they are positives of. */
export interface Groups {
  /** Where each point's class begins in `members`, and how many it has. */
  first: Uint32Array;
  size: Uint32Array;
  /** The points, class after class, in their order within each. */
  members: Uint32Array;
  /** The place of each point within its class. */
  rank: Uint32Array;
  /** Where the pairs of each point with its class begin, when those of all points are laid out in a row. */
  start: Float64Array;
  /** All of these pairs, a point with itself included: the sum of the classes' squares. */
  entries: number;
}

export function groupsOf(labels: Uint32Array): Groups {
  const count = labels.length;
  const classes = new Map<number, number[]>();
  labels.forEach((label, point) => {
    const known = classes.get(label);
    if (known) known.push(point);
    else classes.set(label, [point]);
  });
  const [first, size, members, rank] = [0, 1, 2, 3].map(() => new Uint32Array(count));
  let place = 0;
  for (const points of classes.values()) {
    points.forEach((point, index) => {
      first[point] = place;
      size[point] = points.length;
      rank[point] = index;
    });
    members.set(points, place);
    place += points.length;
  }
  const start = new Float64Array(count);
  let entries = 0;
  for (let point = 0; point < count; point++) {
    start[point] = entries;
    entries += size[point];
  }
  return { first, size, members, rank, start, entries };
}
