import type { Geometry, Start } from './settings.ts';

/** Squared length of the farthest place in the plane: the optimizer goes no farther. */
const GREATEST_SQUARE = 1e24;

/**
 * Where a hand that holds a point at x, y, z puts it (up to three dimensions): there, and on the sphere at the nearest
 * place on it. Undefined where there is no such place or no such point, and where an encoder decides where points are.
 */
export function placeOf(
  { dimension, dataset, encoder }: Start,
  geometry: Geometry,
  point: number,
  position: [number, number, number],
): Float32Array | undefined {
  const place = position.slice(0, dimension);
  const square = place.reduce((sum, coordinate) => sum + coordinate * coordinate, 0);
  const isPoint = point >= 0 && point < dataset.points;
  if (encoder || !isPoint || !(square < GREATEST_SQUARE) || (geometry === 'sphere' && square === 0))
    return undefined;
  const factor = geometry === 'sphere' ? 1 / Math.sqrt(square) : 1;
  return Float32Array.from(place, (coordinate) => coordinate * factor);
}
