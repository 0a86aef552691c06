/** More would be a thicket, not a solid. */
const MOST_CORNERS = 64;
/** Neighbours are at most this much farther away than the nearest one of either; diagonals of a square are 1.41 times. */
const SLACK = 1.35;

/** One point for each different hue, the first: where positives have met, it stands for all of them. */
export function cornersOf(hues: Float32Array): number[] {
  const first = new Map<number, number>();
  hues.forEach((hue, point) => first.has(hue) || first.set(hue, point));
  return [...first.values()];
}

/**
 * The edges between neighbouring corners, as they stand now: the wireframe of a solid where they form one.
 * @param positions x, y, z, unused per point.
 * @param corners point indices; more than 64 have no edges.
 * @returns point indices, two per edge.
 */
export function neighbourEdges(positions: Float32Array, corners: number[]): number[] {
  if (corners.length > MOST_CORNERS) return [];
  const distances = corners.map((from) =>
    corners.map((to) =>
      from === to
        ? Infinity
        : Math.hypot(...[0, 1, 2].map((axis) => positions[4 * from + axis] - positions[4 * to + axis])),
    ),
  );
  const nearest = distances.map((row) => Math.min(...row));
  return corners.flatMap((from, row) =>
    corners.flatMap((to, column) =>
      row < column && distances[row][column] <= SLACK * Math.min(nearest[row], nearest[column])
        ? [from, to]
        : [],
    ),
  );
}
