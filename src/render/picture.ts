import { mat4 } from 'gl-matrix';
import { EYE_DISTANCE } from './camera.ts';

/** What both renderers draw alike. Lengths are CSS pixels, opacities 0 to 1. */

/** How far the farthest point fades into the background, in 3-D. */
export const FARTHEST_FADE = 0.64;
/** The rim in the background's colour that keeps overlapping points apart. */
export const rimWidth = (pointRadius: number) => Math.min(1.25, 0.3 * pointRadius);
/** A marked point is this much larger, with a rim of this width in the highlight's colour. */
export const HIGHLIGHT_SCALE = 1.5;
export const HIGHLIGHT_RIM = 2;
export const LINE_WIDTH = 1.25;
export const OUTLINE_OPACITY = 0.5;
export const GRATICULE_FRONT_OPACITY = 0.2;
export const GRATICULE_BACK_OPACITY = 0.08;

/** Many links are fainter each, so that together they stay behind the points. */
export function linkOpacity(links: number): number {
  return Math.min(0.85, Math.max(0.1, 4 / Math.sqrt(links)));
}

/** A radius of points in CSS pixels at which this many keep room between them. */
export function comfortablePointRadius(points: number, width: number, height: number): number {
  const shorter = Math.min(width, height);
  return Math.max(1.5, Math.min(9, 0.018 * shorter, (0.28 * shorter) / Math.sqrt(points)));
}

/**
 * Depth of a place, from its clip-space w: -1 nearest, 0 at the origin's depth, 1 farthest, for the fitted radius. Always
 * 0 without perspective.
 */
export function relativeDepth(w: number, viewProjection: mat4): number {
  return Math.min(1, Math.max(-1, EYE_DISTANCE * (w / viewProjection[15] - 1)));
}

/** How much larger or smaller things look at this depth than at the origin's. */
export function scaleAtDepth(depth: number): number {
  return EYE_DISTANCE / (EYE_DISTANCE + depth);
}

/** The backing size in device pixels of a canvas of this size in CSS pixels, and the pixel ratio it comes to. */
export function backingSize(width: number, height: number, pixelRatio: number, mostPixels: number) {
  const area = Math.max(1, width) * Math.max(1, height);
  const ratio = Math.min(pixelRatio, Math.sqrt(mostPixels / area));
  return {
    width: Math.max(1, Math.round(width * ratio)),
    height: Math.max(1, Math.round(height * ratio)),
    pixelRatio: ratio,
  };
}
