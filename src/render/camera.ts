import { mat4, vec3, vec4 } from 'gl-matrix';

/**
 * How far away the eye is, in units of the radius that is fitted. Zooming narrows the view instead of moving the eye, so
 * the eye never enters the cloud and the perspective stays as calm as it is.
 */
export const EYE_DISTANCE = 3.6;
/** The part of the shorter side that the fitted radius fills. */
const FILL = 0.86;
const LEAST_ZOOM = 0.25;
const GREATEST_ZOOM = 16;
const FIRST_AZIMUTH = -0.6;
const FIRST_ELEVATION = 0.42;

export interface Pixel {
  /** CSS pixels from the left and the top of the canvas. */
  x: number;
  y: number;
  /** 0 at the near plane, 1 at the far plane. */
  depth: number;
}

/**
 * The eye that looks at the origin: straight down on the plane z = 0 in 2-D (x to the right, y up), from anywhere around
 * in 3-D (z up). Angles are radians.
 */
export class Camera {
  dimension: 2 | 3 = 3;
  /** The radius that fits the canvas at zoom 1. */
  radius = 1;
  private azimuth = FIRST_AZIMUTH;
  private elevation = FIRST_ELEVATION;
  private zoom = 1;
  private width = 1;
  private height = 1;

  /** The canvas, in CSS pixels. */
  resize(width: number, height: number): void {
    this.width = Math.max(width, 1);
    this.height = Math.max(height, 1);
  }

  /** Back to the first view. */
  reset(): void {
    this.azimuth = FIRST_AZIMUTH;
    this.elevation = FIRST_ELEVATION;
    this.zoom = 1;
  }

  /** Turns as if the cloud were dragged by this many CSS pixels; half a turn across the shorter side. 3-D only. */
  orbit(x: number, y: number): void {
    if (this.dimension === 2) return;
    const anglePerPixel = Math.PI / (Math.min(this.width, this.height) * Math.max(this.zoom, 1));
    this.azimuth = (this.azimuth + x * anglePerPixel) % (2 * Math.PI);
    this.elevation = clamp(this.elevation + y * anglePerPixel, -Math.PI / 2, Math.PI / 2);
  }

  /** Magnifies by a positive factor. */
  magnify(factor: number): void {
    if (factor > 0) this.zoom = clamp(this.zoom * factor, LEAST_ZOOM, GREATEST_ZOOM);
  }

  /** World to clip space, depth 0 to 1. */
  viewProjection(): mat4 {
    const shorter = Math.min(this.width, this.height);
    const across = this.width / shorter;
    const up = this.height / shorter;
    const result = mat4.create();
    if (this.dimension === 2) {
      const extent = this.radius / (FILL * this.zoom);
      return mat4.orthoZO(result, -extent * across, extent * across, -extent * up, extent * up, -1, 1);
    }
    const distance = EYE_DISTANCE * this.radius;
    const extent = Math.tan(Math.asin(1 / EYE_DISTANCE)) / (FILL * this.zoom);
    mat4.perspectiveZO(result, 2 * Math.atan(extent * up), across / up, distance / 20, 4 * distance);
    mat4.translate(result, result, [0, 0, -distance]);
    mat4.rotateX(result, result, this.elevation - Math.PI / 2);
    return mat4.rotateZ(result, result, this.azimuth);
  }

  project(x: number, y: number, z: number): Pixel {
    const clip = vec4.transformMat4(vec4.create(), [x, y, z, 1], this.viewProjection());
    return {
      x: (0.5 + (0.5 * clip[0]) / clip[3]) * this.width,
      y: (0.5 - (0.5 * clip[1]) / clip[3]) * this.height,
      depth: clip[2] / clip[3],
    };
  }

  /** The place under a CSS pixel on the plane through `point` that faces the eye. */
  onFacingPlane(x: number, y: number, point: vec3): vec3 {
    return this.unproject(x, y, this.project(point[0], point[1], point[2]).depth);
  }

  /**
   * 3-D: the place under a CSS pixel on the unit sphere, on its near or its far side; beside the sphere, the
   * place that is nearest to the line of sight.
   */
  onSphere(x: number, y: number, side: 'near' | 'far' = 'near'): vec3 {
    const start = this.unproject(x, y, 0);
    const direction = vec3.normalize(
      vec3.create(),
      vec3.subtract(vec3.create(), this.unproject(x, y, 1), start),
    );
    const middle = vec3.scaleAndAdd(vec3.create(), start, direction, -vec3.dot(start, direction));
    const halfChord = Math.sqrt(Math.max(0, 1 - vec3.squaredLength(middle)));
    const place = vec3.scaleAndAdd(middle, middle, direction, side === 'near' ? -halfChord : halfChord);
    return vec3.normalize(place, place);
  }

  private unproject(x: number, y: number, depth: number): vec3 {
    const inverse = mat4.invert(mat4.create(), this.viewProjection())!;
    const clip: vec3 = [(2 * x) / this.width - 1, 1 - (2 * y) / this.height, depth];
    return vec3.transformMat4(vec3.create(), clip, inverse);
  }
}

function clamp(value: number, least: number, greatest: number): number {
  return Math.min(Math.max(value, least), greatest);
}
