import { mat4, vec3, vec4 } from 'gl-matrix';

/** Straight pieces that a circle is drawn with. */
export const CIRCLE_SEGMENTS = 128;
/** Numbers per circle: centre, first axis, second axis, each x, y, z, unused. */
export const CIRCLE_FLOATS = 12;
const SPACING = Math.PI / 6;

/** The unit circle or sphere: circles of points centre + cos(t) first + sin(t) second. */
export interface Guide {
  /** CIRCLE_FLOATS per circle. The outline comes first, then in 3-D the parallels and meridians. */
  circles: Float32Array;
  /** A place on the sphere is on its near side where its dot product with x, y, z exceeds w. */
  eye: vec4;
}

export function guideOf(viewProjection: mat4, displayDimension: 2 | 3): Guide {
  const inverse = mat4.invert(mat4.create(), viewProjection) ?? mat4.create();
  // The one place that projects to no pixel, (0, 0, z, 0), is the eye; infinitely far away without perspective.
  const eye = vec4.transformMat4(vec4.create(), [0, 0, -1, 0], inverse);
  vec4.scale(eye, eye, 1 / Math.hypot(eye[0], eye[1], eye[2]));
  return { circles: new Float32Array([outline(eye), displayDimension === 3 ? graticule : []].flat()), eye };
}

/** Where sight just touches the sphere. */
function outline([x, y, z, w]: vec4): number[] {
  const towards = vec3.fromValues(x, y, z);
  const aside: vec3 = Math.abs(y) > 0.9 ? [1, 0, 0] : [0, 1, 0];
  const first = vec3.normalize(vec3.create(), vec3.cross(vec3.create(), aside, towards));
  const second = vec3.cross(vec3.create(), towards, first);
  const radius = Math.sqrt(1 - w * w);
  return [...vec3.scale(towards, towards, w), 0, ...scaled(first, radius), ...scaled(second, radius)];
}

const graticule = [...parallels(), ...meridians()].flat();

function parallels(): number[][] {
  return [-2, -1, 0, 1, 2].map((step) => {
    const radius = Math.cos(step * SPACING);
    return [0, 0, Math.sin(step * SPACING), 0, radius, 0, 0, 0, 0, radius, 0, 0];
  });
}

function meridians(): number[][] {
  return [0, 1, 2, 3, 4, 5].map((step) => {
    const longitude = step * SPACING;
    return [0, 0, 0, 0, Math.cos(longitude), Math.sin(longitude), 0, 0, 0, 0, 1, 0];
  });
}

function scaled([x, y, z]: vec3, factor: number): number[] {
  return [x * factor, y * factor, z * factor, 0];
}
