import type { Rgb } from './oklab.ts';

/** An opaque pixel of an ImageData read as one little-endian word; signed, because engines are quick with those. */
export type Packed = number;

export function packed([red, green, blue]: Rgb): Packed {
  const [r, g, b] = [red, green, blue].map((channel) => Math.round(255 * channel));
  return (0xff << 24) | (b << 16) | (g << 8) | r;
}

/**
 * Antialiased discs and lines in plain memory: for thousands of small shapes this is many times faster than a path or an
 * image per shape on a canvas, and it draws what shaders/render-*.wgsl draw, by the same formulas.
 * All lengths are pixels; the middle of the first pixel is at (0.5, 0.5).
 */
export class Raster {
  readonly width: number;
  readonly height: number;
  readonly image: ImageData;
  private readonly pixels: Int32Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.image = new ImageData(width, height);
    this.pixels = new Int32Array(this.image.data.buffer);
  }

  fill(colour: Packed): void {
    this.pixels.fill(colour);
  }

  /** An opaque disc with a rim around it. Draws nothing where a coordinate is not a number. */
  disc(x: number, y: number, radius: number, rim: number, colour: Packed, rimColour: Packed): void {
    const reach = radius + rim + 0.5;
    const left = Math.max(0, Math.ceil(x - reach - 0.5));
    const right = Math.min(this.width - 1, Math.floor(x + reach - 0.5));
    const top = Math.max(0, Math.ceil(y - reach - 0.5));
    const bottom = Math.min(this.height - 1, Math.floor(y + reach - 0.5));
    const solidSquare = Math.max(0, radius - 0.5) ** 2;
    for (let row = top; row <= bottom; row++) {
      const down = row + 0.5 - y;
      for (let column = left; column <= right; column++) {
        const across = column + 0.5 - x;
        const square = across * across + down * down;
        const index = row * this.width + column;
        if (square <= solidSquare) {
          this.pixels[index] = colour;
        } else if (square < reach * reach) {
          const distance = Math.sqrt(square);
          const shade = blend(rimColour, colour, radius + 0.5 - distance);
          this.pixels[index] = blend(this.pixels[index], shade, reach - distance);
        }
      }
    }
  }

  /** A line whose colour and opacity run evenly from its start to its end. */
  line(
    startX: number,
    startY: number,
    endX: number,
    endY: number,
    width: number,
    startColour: Packed,
    endColour: Packed,
    startOpacity: number,
    endOpacity: number,
  ): void {
    const length = Math.hypot(endX - startX, endY - startY);
    if (!(length > 0 && length < Infinity)) return;
    // Walks the rows of a steep line, the columns of a flat one, across the few pixels near the line in each.
    const steep = Math.abs(endY - startY) > Math.abs(endX - startX);
    const [walkStart, walkEnd] = steep ? [startY, endY] : [startX, endX];
    const [crossStart, crossEnd] = steep ? [startX, endX] : [startY, endY];
    const [walkSize, crossSize] = steep ? [this.height, this.width] : [this.width, this.height];
    const [walkStride, crossStride] = steep ? [this.width, 1] : [1, this.width];
    const slope = (crossEnd - crossStart) / (walkEnd - walkStart);
    const reach = 0.5 * width + 0.5;
    const strength = Math.min(width, 1);
    const cosine = Math.abs(walkEnd - walkStart) / length;
    const spread = reach / cosine;
    const first = Math.max(0, Math.ceil(Math.min(walkStart, walkEnd) - 0.5));
    const last = Math.min(walkSize, Math.ceil(Math.max(walkStart, walkEnd) - 0.5));
    for (let walk = first; walk < last; walk++) {
      const along = (walk + 0.5 - walkStart) / (walkEnd - walkStart);
      const middle = crossStart + (walk + 0.5 - walkStart) * slope - 0.5;
      const opacity = strength * (startOpacity + (endOpacity - startOpacity) * along);
      const colour = startColour === endColour ? startColour : blend(startColour, endColour, along);
      const crossFirst = Math.max(0, Math.ceil(middle - spread));
      const crossLast = Math.min(crossSize - 1, Math.floor(middle + spread));
      for (let cross = crossFirst; cross <= crossLast; cross++) {
        const coverage = Math.min(1, reach - Math.abs(cross - middle) * cosine);
        const index = walk * walkStride + cross * crossStride;
        this.pixels[index] = blend(this.pixels[index], colour, opacity * coverage);
      }
    }
  }
}

/** `fraction` of the way from one colour to the other, red and blue in one multiplication. */
function blend(from: Packed, to: Packed, fraction: number): Packed {
  if (fraction <= 0) return from;
  if (fraction >= 1) return to;
  const share = (256 * fraction + 0.5) | 0;
  const rest = 256 - share;
  const redBlue = (Math.imul(from & 0xff00ff, rest) + Math.imul(to & 0xff00ff, share)) >>> 8;
  const green = (Math.imul(from & 0x00ff00, rest) + Math.imul(to & 0x00ff00, share)) >>> 8;
  return (0xff << 24) | (redBlue & 0xff00ff) | (green & 0x00ff00);
}
