/** Pictures made of flat shapes: what a reader sees as SVG, and an encoder as pixels. Coordinates are -1 to 1, y up. */

/** Red, green and blue, 0 to 1. */
export type Colour = readonly [red: number, green: number, blue: number];

export type Shape =
  | { kind: 'ellipse'; x: number; y: number; radiusX: number; radiusY: number; colour: Colour }
  | { kind: 'polygon'; corners: readonly (readonly [x: number, y: number])[]; colour: Colour };

export interface Thing {
  name: string;
  background: Colour;
  /** From back to front. */
  shapes: readonly Shape[];
}

/** How a picture was taken of its thing: what augmentation changes. */
export interface PictureView {
  /** 1 shows all of the thing; larger crops. */
  zoom: number;
  /** What lies in the middle of the crop. */
  x: number;
  y: number;
  /** In degrees, counterclockwise. */
  rotation: number;
  /** -1 black, 0 as it is, 1 white. */
  brightness: number;
}

export const PLAIN: PictureView = { zoom: 1, x: 0, y: 0, rotation: 0, brightness: 0 };

const INK: Colour = [0.16, 0.14, 0.2];

function ellipse(x: number, y: number, radiusX: number, radiusY: number, colour: Colour): Shape {
  return { kind: 'ellipse', x, y, radiusX, radiusY, colour };
}

function polygon(colour: Colour, ...corners: (readonly [number, number])[]): Shape {
  return { kind: 'polygon', corners, colour };
}

const FUR: Colour = [0.93, 0.55, 0.22];
const SCALES: Colour = [0.16, 0.5, 0.72];
const LEAVES: Colour = [0.22, 0.56, 0.3];

export const things: readonly Thing[] = [
  {
    name: 'cat',
    background: [1, 0.91, 0.72],
    shapes: [
      polygon(FUR, [-0.68, 0.1], [-0.6, 0.88], [-0.1, 0.45]),
      polygon(FUR, [0.68, 0.1], [0.6, 0.88], [0.1, 0.45]),
      polygon([1, 0.75, 0.7], [-0.55, 0.35], [-0.52, 0.68], [-0.28, 0.48]),
      polygon([1, 0.75, 0.7], [0.55, 0.35], [0.52, 0.68], [0.28, 0.48]),
      ellipse(0, -0.08, 0.72, 0.62, FUR),
      ellipse(0, -0.36, 0.34, 0.24, [1, 0.93, 0.85]),
      ellipse(-0.29, 0.06, 0.11, 0.15, INK),
      ellipse(0.29, 0.06, 0.11, 0.15, INK),
      ellipse(-0.26, 0.1, 0.035, 0.045, [1, 1, 1]),
      ellipse(0.32, 0.1, 0.035, 0.045, [1, 1, 1]),
      polygon([0.85, 0.35, 0.4], [-0.1, -0.2], [0.1, -0.2], [0, -0.33]),
      polygon(INK, [-0.35, -0.3], [-0.92, -0.2], [-0.35, -0.34]),
      polygon(INK, [-0.35, -0.38], [-0.9, -0.48], [-0.35, -0.42]),
      polygon(INK, [0.35, -0.3], [0.92, -0.2], [0.35, -0.34]),
      polygon(INK, [0.35, -0.38], [0.9, -0.48], [0.35, -0.42]),
    ],
  },
  {
    name: 'fish',
    background: [0.78, 0.92, 0.97],
    shapes: [
      polygon(SCALES, [0.3, 0], [0.88, 0.45], [0.76, 0], [0.88, -0.45]),
      polygon([0.1, 0.38, 0.6], [-0.2, 0.3], [0.1, 0.66], [0.28, 0.24]),
      ellipse(-0.15, 0, 0.66, 0.42, SCALES),
      ellipse(-0.1, -0.2, 0.48, 0.18, [0.65, 0.85, 0.9]),
      ellipse(-0.48, 0.1, 0.13, 0.13, [1, 1, 1]),
      ellipse(-0.5, 0.1, 0.065, 0.065, INK),
    ],
  },
  {
    name: 'house',
    background: [0.88, 0.87, 0.95],
    shapes: [
      polygon([0.55, 0.68, 0.45], [-1, -1], [1, -1], [1, -0.62], [-1, -0.62]),
      polygon([0.98, 0.96, 0.9], [-0.58, -0.75], [0.58, -0.75], [0.58, 0.15], [-0.58, 0.15]),
      polygon([0.75, 0.24, 0.22], [-0.8, 0.12], [0.8, 0.12], [0, 0.82]),
      polygon([0.45, 0.3, 0.2], [-0.14, -0.75], [0.16, -0.75], [0.16, -0.22], [-0.14, -0.22]),
      polygon([0.5, 0.72, 0.9], [0.28, -0.25], [0.48, -0.25], [0.48, -0.02], [0.28, -0.02]),
      polygon([0.5, 0.72, 0.9], [-0.48, -0.25], [-0.28, -0.25], [-0.28, -0.02], [-0.48, -0.02]),
    ],
  },
  {
    name: 'tree',
    background: [0.86, 0.95, 0.86],
    shapes: [
      polygon([0.48, 0.33, 0.2], [-0.13, -0.88], [0.13, -0.88], [0.1, 0], [-0.1, 0]),
      ellipse(-0.34, 0.05, 0.4, 0.36, LEAVES),
      ellipse(0.34, 0.05, 0.4, 0.36, LEAVES),
      ellipse(0, 0.42, 0.48, 0.42, [0.28, 0.64, 0.36]),
      ellipse(-0.28, 0.22, 0.07, 0.07, [0.85, 0.2, 0.2]),
      ellipse(0.3, 0.1, 0.07, 0.07, [0.85, 0.2, 0.2]),
    ],
  },
];

/** Pixels along each side of what the encoder sees, and samples along each side of a pixel. */
const PIXELS = 8;
const SAMPLES = 2;

/** Numbers that the encoder gets for a picture. */
export const INPUTS = 3 * PIXELS * PIXELS;

/** What the encoder sees: PIXELS x PIXELS x 3 from the upper left, -1 to 1. */
export function pixelsOf({ background, shapes }: Thing, view: PictureView): Float32Array {
  const pixels = new Float32Array(INPUTS);
  const back = shapes.toReversed();
  const radians = (view.rotation * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians) / view.zoom, Math.sin(radians) / view.zoom];
  const grid = PIXELS * SAMPLES;
  for (let row = 0; row < grid; row++) {
    for (let column = 0; column < grid; column++) {
      const [u, v] = [(2 * column + 1) / grid - 1, 1 - (2 * row + 1) / grid];
      const x = view.x + cos * u + sin * v;
      const y = view.y + cos * v - sin * u;
      const colour = back.find((shape) => covers(shape, x, y))?.colour ?? background;
      const at = 3 * (Math.floor(row / SAMPLES) * PIXELS + Math.floor(column / SAMPLES));
      for (let channel = 0; channel < 3; channel++) {
        pixels[at + channel] += (2 * lit(colour[channel], view.brightness) - 1) / SAMPLES ** 2;
      }
    }
  }
  return pixels;
}

function covers(shape: Shape, x: number, y: number): boolean {
  if (shape.kind === 'ellipse') {
    return ((x - shape.x) / shape.radiusX) ** 2 + ((y - shape.y) / shape.radiusY) ** 2 <= 1;
  }
  // Even or odd: how many edges a ray to the right crosses.
  const { corners } = shape;
  return corners.reduce((inside, [x1, y1], index) => {
    const [x2, y2] = corners[(index + 1) % corners.length];
    const crosses = y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1);
    return crosses ? !inside : inside;
  }, false);
}

function lit(value: number, brightness: number): number {
  return brightness < 0 ? value * (1 + brightness) : value + (1 - value) * brightness;
}
