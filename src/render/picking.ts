import type { mat4 } from 'gl-matrix';

/**
 * The point that is drawn nearest to a CSS pixel, the front one of equals, or -1 where none is within `reach` pixels.
 * @param positions x, y, z, unused per point.
 * @param width @param height of the canvas in CSS pixels.
 */
export function nearestPoint(
  positions: Float32Array,
  viewProjection: mat4,
  { width, height }: { width: number; height: number },
  x: number,
  y: number,
  reach: number,
): number {
  const m = viewProjection;
  let nearest = -1;
  let least = Infinity;
  for (let point = 0; 4 * point < positions.length; point++) {
    const px = positions[4 * point];
    const py = positions[4 * point + 1];
    const pz = positions[4 * point + 2];
    const w = m[3] * px + m[7] * py + m[11] * pz + m[15];
    const across = (0.5 + (0.5 * (m[0] * px + m[4] * py + m[8] * pz + m[12])) / w) * width - x;
    const down = (0.5 - (0.5 * (m[1] * px + m[5] * py + m[9] * pz + m[13])) / w) * height - y;
    const distance = Math.hypot(across, down);
    // What is in front wins unless something farther away is clearly closer to the pixel.
    const rank = distance + (reach * w) / m[15];
    if (w > 0 && distance <= reach && rank < least) {
      nearest = point;
      least = rank;
    }
  }
  return nearest;
}
