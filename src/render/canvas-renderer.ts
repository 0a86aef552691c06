import type { mat4, vec4 } from 'gl-matrix';
import type { DisplayPositions } from '../simulation/simulation.ts';
import { CIRCLE_FLOATS, CIRCLE_SEGMENTS, guideOf } from './guide.ts';
import { assignColours, colourTable, mix, themes, type ThemeName } from './palette.ts';
import {
  backingSize,
  FARTHEST_FADE,
  GRATICULE_BACK_OPACITY,
  GRATICULE_FRONT_OPACITY,
  HIGHLIGHT_RIM,
  HIGHLIGHT_SCALE,
  LINE_WIDTH,
  linkOpacity,
  OUTLINE_OPACITY,
  relativeDepth,
  rimWidth,
  scaleAtDepth,
} from './picture.ts';
import { packed, Raster, type Packed } from './raster.ts';
import type { CloudRenderer, CloudShape, FrameView } from './renderer.ts';

const MOST_PIXELS = 2_000_000;
/** Steps of depth by which points are put back to front. */
const SORT_LEVELS = 1024;
/** Steps of depth by which their colours fade. */
const FADE_LEVELS = 64;

/**
 * Draws the same picture as the WebGPU renderer without a GPU, on a 2-D canvas. Positions must be on the CPU.
 * @throws Error where the canvas gives no 2-D context.
 */
export function createCanvasRenderer(canvas: HTMLCanvasElement): CloudRenderer {
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('This canvas cannot be drawn on in 2-D.');
  let raster = new Raster(1, 1);
  let pixelRatio = 1;
  let cloud: Cloud | undefined;

  function resize(width: number, height: number, wantedRatio: number): void {
    const size = backingSize(width, height, wantedRatio, MOST_PIXELS);
    pixelRatio = size.pixelRatio;
    canvas.width = size.width;
    canvas.height = size.height;
    raster = new Raster(size.width, size.height);
  }

  function draw(positions: DisplayPositions, view: FrameView): void {
    if (positions.on === 'gpu') throw new Error('The Canvas 2D renderer reads positions from the CPU.');
    raster.fill(packed(themes[view.theme].background));
    if (cloud) {
      cloud.project(positions.array, view.viewProjection, raster);
      drawGuide(raster, view, cloud.shape.displayDimension, LINE_WIDTH * pixelRatio);
      cloud.drawLinks(raster, view, pixelRatio);
      cloud.drawPoints(raster, view, pixelRatio);
    }
    context!.putImageData(raster.image, 0, 0);
  }

  return {
    setShape: (shape) => (cloud = new Cloud(shape)),
    resize,
    draw,
    dispose: () => (cloud = undefined),
  };
}

class Cloud {
  readonly shape: CloudShape;
  private readonly colours: ReturnType<typeof assignColours>;
  /** x and y in device pixels, depth from -1 to 1, of each point as projected last. */
  private readonly x: Float32Array;
  private readonly y: Float32Array;
  private readonly depth: Float32Array;
  private readonly order: Uint32Array;
  private readonly perspective: boolean;
  private packedColours: { theme: ThemeName; plain: Packed[]; faded: Packed[] } | undefined;

  constructor(shape: CloudShape) {
    this.shape = shape;
    this.colours = assignColours(shape.hues);
    this.x = new Float32Array(shape.points);
    this.y = new Float32Array(shape.points);
    this.depth = new Float32Array(shape.points);
    this.order = new Uint32Array(shape.points);
    this.perspective = shape.displayDimension === 3;
  }

  project(positions: Float32Array, viewProjection: mat4, { width, height }: Raster): void {
    for (let point = 0; point < this.shape.points; point++) {
      const [x, y, w] = toPixel(
        positions[4 * point],
        positions[4 * point + 1],
        positions[4 * point + 2],
        viewProjection,
        width,
        height,
      );
      this.x[point] = x;
      this.y[point] = y;
      this.depth[point] = relativeDepth(w, viewProjection);
    }
  }

  drawLinks(raster: Raster, view: FrameView, pixelRatio: number): void {
    const { links } = this.shape;
    const { plain } = this.coloursIn(view.theme);
    const opacity = linkOpacity(links.length / 2);
    for (let link = 0; link < links.length; link += 2) {
      const start = links[link];
      const end = links[link + 1];
      raster.line(
        this.x[start],
        this.y[start],
        this.x[end],
        this.y[end],
        LINE_WIDTH * pixelRatio,
        plain[this.colours.indices[start]],
        plain[this.colours.indices[end]],
        opacity * (1 - this.fade(this.depth[start])),
        opacity * (1 - this.fade(this.depth[end])),
      );
    }
  }

  drawPoints(raster: Raster, view: FrameView, pixelRatio: number): void {
    const theme = themes[view.theme];
    const background = packed(theme.background);
    const { plain, faded } = this.coloursIn(view.theme);
    const radius = view.pointRadius * pixelRatio;
    const rim = rimWidth(view.pointRadius) * pixelRatio;
    this.sortBackToFront();
    for (const point of this.order) {
      if (point === view.highlighted) continue;
      const depth = this.depth[point];
      const scale = scaleAtDepth(depth);
      const colour = faded[this.colours.indices[point] * FADE_LEVELS + levelOf(depth, FADE_LEVELS)];
      raster.disc(this.x[point], this.y[point], scale * radius, scale * rim, colour, background);
    }
    const marked = view.highlighted;
    if (marked < 0 || marked >= this.shape.points) return;
    raster.disc(
      this.x[marked],
      this.y[marked],
      scaleAtDepth(this.depth[marked]) * radius * HIGHLIGHT_SCALE,
      HIGHLIGHT_RIM * pixelRatio,
      plain[this.colours.indices[marked]],
      packed(theme.highlight),
    );
  }

  /** The colour table as it is, and each of its colours at every step of depth. */
  private coloursIn(theme: ThemeName): NonNullable<Cloud['packedColours']> {
    if (this.packedColours?.theme === theme) return this.packedColours;
    const table = colourTable(this.colours, theme);
    const { background } = themes[theme];
    const depths = Array.from({ length: FADE_LEVELS }, (_, level) => (2 * level) / (FADE_LEVELS - 1) - 1);
    const faded = table.flatMap((colour) =>
      depths.map((depth) => packed(mix(colour, background, this.fade(depth)))),
    );
    return (this.packedColours = { theme, plain: table.map(packed), faded });
  }

  /** How far things at this depth have faded into the background. */
  private fade(depth: number): number {
    return this.perspective ? FARTHEST_FADE * (0.5 + 0.5 * depth) : 0;
  }

  /** A counting sort into `order`; equals keep the order of the points. */
  private sortBackToFront(): void {
    const first = new Uint32Array(SORT_LEVELS + 1);
    for (const depth of this.depth) first[levelOf(-depth, SORT_LEVELS) + 1]++;
    for (let level = 0; level < SORT_LEVELS; level++) first[level + 1] += first[level];
    this.depth.forEach((depth, point) => (this.order[first[levelOf(-depth, SORT_LEVELS)]++] = point));
  }
}

/** A depth from -1 to 1 as one of so many steps. A depth that is not a number counts as in the middle. */
function levelOf(depth: number, levels: number): number {
  return Math.round((0.5 + 0.5 * (depth || 0)) * (levels - 1));
}

/** x and y in device pixels, not a number behind the eye; then w in clip space. */
function toPixel(
  x: number,
  y: number,
  z: number,
  m: mat4,
  width: number,
  height: number,
): [x: number, y: number, w: number] {
  const w = m[3] * x + m[7] * y + m[11] * z + m[15];
  if (!(w > 0)) return [Number.NaN, Number.NaN, w];
  return [
    0.5 * width * (1 + (m[0] * x + m[4] * y + m[8] * z + m[12]) / w),
    0.5 * height * (1 - (m[1] * x + m[5] * y + m[9] * z + m[13]) / w),
    w,
  ];
}

function drawGuide(raster: Raster, view: FrameView, dimension: 2 | 3, lineWidth: number): void {
  const { circles, eye } = guideOf(view.viewProjection, dimension);
  const colour = packed(themes[view.theme].guide);
  for (let circle = 0; circle < circles.length; circle += CIRCLE_FLOATS) {
    const at = (segment: number): [number, number, number] => {
      const cosine = Math.cos((2 * Math.PI * segment) / CIRCLE_SEGMENTS);
      const sine = Math.sin((2 * Math.PI * segment) / CIRCLE_SEGMENTS);
      const along = (axis: number) =>
        circles[circle + axis] + cosine * circles[circle + 4 + axis] + sine * circles[circle + 8 + axis];
      return [along(0), along(1), along(2)];
    };
    let start = at(0);
    for (let segment = 1; segment <= CIRCLE_SEGMENTS; segment++) {
      const end = at(segment);
      const inner = isNear(start, end, eye) ? GRATICULE_FRONT_OPACITY : GRATICULE_BACK_OPACITY;
      const opacity = circle === 0 ? OUTLINE_OPACITY : inner;
      const [startX, startY] = toPixel(...start, view.viewProjection, raster.width, raster.height);
      const [endX, endY] = toPixel(...end, view.viewProjection, raster.width, raster.height);
      raster.line(startX, startY, endX, endY, lineWidth, colour, colour, opacity, opacity);
      start = end;
    }
  }
}

/** Whether the middle of a straight piece is on the near side of the sphere. */
function isNear(start: number[], end: number[], eye: vec4): boolean {
  const along = (axis: number) => 0.5 * (start[axis] + end[axis]) * eye[axis];
  return along(0) + along(1) + along(2) > eye[3];
}
