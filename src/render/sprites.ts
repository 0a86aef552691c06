import { css, mix, type Theme } from './palette.ts';
import type { Rgb } from './oklab.ts';
import { FARTHEST_FADE, rimWidth, scaleAtDepth } from './picture.ts';

/** Steps of depth in which points are pre-rendered, from the nearest to the farthest. */
export const DEPTH_LEVELS = 32;

export interface SpriteStyle {
  theme: Theme;
  table: Rgb[];
  /** 1 where there is no perspective, else DEPTH_LEVELS. */
  levels: number;
  /** Device pixels. */
  pointRadius: number;
  pixelRatio: number;
}

/** Pre-rendered points, one per colour and step of depth, drawn when first wanted. */
export interface Sprites {
  readonly image: HTMLCanvasElement;
  /** Device pixels on a side; the point is in the middle. Sprite (level, colour) begins at (level * side, colour * side). */
  readonly side: number;
  /** Makes sure that a sprite is drawn. */
  prepare(level: number, colour: number): void;
}

export function createSprites({ theme, table, levels, pointRadius, pixelRatio }: SpriteStyle): Sprites {
  const rim = rimWidth(pointRadius / pixelRatio) * pixelRatio;
  const side = 2 * Math.ceil(scaleAtDepth(levels > 1 ? -1 : 0) * (pointRadius + rim) + 1);
  const image = document.createElement('canvas');
  image.width = levels * side;
  image.height = table.length * side;
  const context = image.getContext('2d')!;
  const drawn = new Uint8Array(levels * table.length);

  function prepare(level: number, colour: number): void {
    if (drawn[colour * levels + level]) return;
    drawn[colour * levels + level] = 1;
    const depth = levels > 1 ? (2 * level) / (levels - 1) - 1 : 0;
    const scale = scaleAtDepth(depth);
    const fade = levels > 1 ? FARTHEST_FADE * (0.5 + 0.5 * depth) : 0;
    const disc = (radius: number, fill: Rgb) => {
      context.fillStyle = css(fill);
      context.beginPath();
      context.arc((level + 0.5) * side, (colour + 0.5) * side, radius, 0, 2 * Math.PI);
      context.fill();
    };
    disc(scale * (pointRadius + rim), theme.background);
    disc(scale * pointRadius, mix(table[colour], theme.background, fade));
  }

  return { image, side, prepare };
}
