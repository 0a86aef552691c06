/** Degrees around the unit circle, counterclockwise from the right: how a setting keeps a direction. */
export type Degrees = number;

export interface Vector {
  x: number;
  y: number;
}

export function onCircle(angle: Degrees): Vector {
  const radians = (angle * Math.PI) / 180;
  return { x: Math.cos(radians), y: Math.sin(radians) };
}

/** The direction in which a place lies from the middle, above -180 and up to 180; undefined for the middle itself. */
export function angleOf({ x, y }: Vector): Degrees | undefined {
  if (x === 0 && y === 0) return undefined;
  return (Math.atan2(y, x) * 180) / Math.PI;
}

/** The same direction, above -180 and up to 180. */
export function wrapped(angle: Degrees): Degrees {
  return 180 - ((((180 - angle) % 360) + 360) % 360);
}

/** Vectors, one after the other, as the engines take them. */
export function packed(vectors: readonly Vector[]): Float32Array {
  return Float32Array.from(vectors.flatMap(({ x, y }) => [x, y]));
}

export function unpacked(array: Float32Array): Vector[] {
  return Array.from({ length: array.length / 2 }, (_, index) => ({
    x: array[2 * index],
    y: array[2 * index + 1],
  }));
}
