/** One vector of a row-major block, divided by its length, in float64; a zero vector stays zero. */
export function unit(vectors: ArrayLike<number>, dimension: number, index: number): Float64Array {
  const start = index * dimension;
  const direction = Float64Array.from({ length: dimension }, (_, axis) => vectors[start + axis]);
  const length = Math.sqrt(dot(direction, direction));
  return length > 0 ? direction.map((coordinate) => coordinate / length) : direction;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let axis = 0; axis < a.length; axis++) sum += a[axis] * b[axis];
  return sum;
}

/** The cosines of one vector of a row-major block with each of them, itself included. */
export function cosinesOf(vectors: ArrayLike<number>, dimension: number, index: number): Float64Array {
  const direction = unit(vectors, dimension, index);
  return Float64Array.from({ length: vectors.length / dimension }, (_, other) =>
    dot(direction, unit(vectors, dimension, other)),
  );
}
