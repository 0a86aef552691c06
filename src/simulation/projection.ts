/** Axes of a display. */
const SHOWN = 3;

/** Subspace iterations for the first picture, from arbitrary axes. Every later one takes a single iteration. */
const FIRST_ITERATIONS = 16;

/** A direction of which less than this part is new, in squared length, is rounding error. */
const LEAST_NEW_PART = 1e-10;

/**
 * Where points are drawn. Up to three dimensions these are the coordinates themselves; above, the coordinates on the
 * three principal axes.
 *
 * The axes are uncentred: the leading eigenvectors of X^T X, not of the covariance. So the origin stays the origin, the
 * unit sphere stays inside the drawn one, and a collapsed cloud is seen at the rim, where it is. They come from
 * orthogonal (subspace) iteration, V <- orthonormalize(X^T (X V)), warm-started with the axes of the picture before:
 * they turn smoothly, and no axis flips.
 */
export class Projection {
  private readonly dimension: number;
  /** SHOWN x dimension, orthonormal. */
  private readonly axes: Float64Array[];
  private iterations = FIRST_ITERATIONS;

  constructor(dimension: number) {
    this.dimension = dimension;
    this.axes = Array.from({ length: SHOWN }, (_, axis) => coordinateAxis(dimension, axis));
  }

  /**
   * @param embeddings points x dimension, row-major.
   * @param positions receives x, y, z, 0 per point.
   */
  project(embeddings: Float32Array, positions: Float32Array): void {
    const { dimension } = this;
    positions.fill(0);
    if (dimension <= SHOWN) {
      for (let from = 0, to = 0; from < embeddings.length; from += dimension, to += 4) {
        for (let axis = 0; axis < dimension; axis++) positions[to + axis] = embeddings[from + axis];
      }
      return;
    }
    for (let iteration = 0; iteration < this.iterations; iteration++) this.iterate(embeddings);
    this.iterations = 1;
    for (let from = 0, to = 0; from < embeddings.length; from += dimension, to += 4) {
      for (let shown = 0; shown < SHOWN; shown++) {
        positions[to + shown] = coordinate(embeddings, from, this.axes[shown]);
      }
    }
  }

  private iterate(embeddings: Float32Array): void {
    const { dimension, axes } = this;
    const images = axes.map(() => new Float64Array(dimension));
    for (let from = 0; from < embeddings.length; from += dimension) {
      for (let shown = 0; shown < SHOWN; shown++) {
        const along = coordinate(embeddings, from, axes[shown]);
        const image = images[shown];
        for (let axis = 0; axis < dimension; axis++) image[axis] += along * embeddings[from + axis];
      }
    }
    for (let shown = 0; shown < SHOWN; shown++) {
      const before = axes.slice(0, shown);
      // Where the cloud has no extent left the old axis serves, and where that is taken any other.
      const candidates = [
        images[shown],
        axes[shown],
        ...axes.map((_, axis) => coordinateAxis(dimension, axis)),
      ];
      for (const candidate of candidates) {
        const next = newDirection(candidate, before);
        if (!next) continue;
        const sign = coordinate(next, 0, axes[shown]) < 0 ? -1 : 1;
        axes[shown] = next.map((value) => sign * value);
        break;
      }
    }
  }
}

function coordinateAxis(dimension: number, axis: number): Float64Array {
  const result = new Float64Array(dimension);
  if (axis < dimension) result[axis] = 1;
  return result;
}

/** The dot product of the vector that begins at `from` with an axis. */
function coordinate(vectors: Float32Array | Float64Array, from: number, axis: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < axis.length; index++) sum += vectors[from + index] * axis[index];
  return sum;
}

/** The unit vector of what `candidate` has beyond the orthonormal `taken` (Gram-Schmidt, twice), if anything. */
function newDirection(candidate: Float64Array, taken: Float64Array[]): Float64Array | undefined {
  const rest = candidate.slice();
  for (const axis of [...taken, ...taken]) {
    const along = coordinate(rest, 0, axis);
    for (let index = 0; index < rest.length; index++) rest[index] -= along * axis[index];
  }
  const square = coordinate(rest, 0, rest);
  if (!(square > LEAST_NEW_PART * coordinate(candidate, 0, candidate))) return undefined;
  return rest.map((value) => value / Math.sqrt(square));
}
