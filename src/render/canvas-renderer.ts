import type { mat4, vec4 } from 'gl-matrix';
import type { DisplayPositions } from '../simulation/simulation.ts';
import { CIRCLE_FLOATS, CIRCLE_SEGMENTS, guideOf } from './guide.ts';
import { assignColours, colourTable, css, themes } from './palette.ts';
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
  scaleAtDepth,
} from './picture.ts';
import type { CloudRenderer, CloudShape, FrameView } from './renderer.ts';
import { createSprites, DEPTH_LEVELS, type Sprites } from './sprites.ts';

const MOST_PIXELS = 3_000_000;
/** Steps of depth by which points are put back to front, and links faded. */
const SORT_LEVELS = 1024;
const LINK_LEVELS = 6;

/**
 * Draws the same picture as the WebGPU renderer on a 2-D canvas. Positions must be on the CPU.
 * @throws Error where the canvas gives no 2-D context.
 */
export function createCanvasRenderer(canvas: HTMLCanvasElement): CloudRenderer {
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('This canvas cannot be drawn on in 2-D.');
  const unset = new Float32Array();
  let pixelRatio = 1;
  let shape: CloudShape = { points: 0, displayDimension: 2, hues: unset, links: new Uint32Array() };
  let colours = assignColours(unset);
  let sprites: { key: string; made: Sprites } | undefined;
  // Where each point is drawn, in device pixels, and its depth, -1 to 1.
  let x = unset;
  let y = unset;
  let depth = unset;
  let order = new Uint32Array();
  const firstOfLevel = new Uint32Array(SORT_LEVELS + 1);

  function setShape(next: CloudShape): void {
    shape = next;
    colours = assignColours(shape.hues);
    sprites = undefined;
    x = new Float32Array(shape.points);
    y = new Float32Array(shape.points);
    depth = new Float32Array(shape.points);
    order = new Uint32Array(shape.points);
  }

  function resize(width: number, height: number, wantedRatio: number): void {
    const size = backingSize(width, height, wantedRatio, MOST_PIXELS);
    pixelRatio = size.pixelRatio;
    canvas.width = size.width;
    canvas.height = size.height;
  }

  function project(positions: Float32Array, m: mat4): void {
    const halfWidth = canvas.width / 2;
    const halfHeight = canvas.height / 2;
    for (let point = 0; point < shape.points; point++) {
      const px = positions[4 * point];
      const py = positions[4 * point + 1];
      const pz = positions[4 * point + 2];
      const w = m[3] * px + m[7] * py + m[11] * pz + m[15];
      const visible = w > 0 ? 1 : Number.NaN;
      x[point] = visible * halfWidth * (1 + (m[0] * px + m[4] * py + m[8] * pz + m[12]) / w);
      y[point] = visible * halfHeight * (1 - (m[1] * px + m[5] * py + m[9] * pz + m[13]) / w);
      depth[point] = relativeDepth(w, m);
    }
  }

  /** A counting sort into `order`, farthest first; equals keep the order of the points. */
  function sortBackToFront(): void {
    firstOfLevel.fill(0);
    for (let point = 0; point < shape.points; point++) firstOfLevel[sortLevel(depth[point]) + 1]++;
    for (let level = 0; level < SORT_LEVELS; level++) firstOfLevel[level + 1] += firstOfLevel[level];
    for (let point = 0; point < shape.points; point++) order[firstOfLevel[sortLevel(depth[point])]++] = point;
  }

  function drawGuide(view: FrameView): void {
    const { circles, eye } = guideOf(view.viewProjection, shape.displayDimension);
    const paths = { outline: new Path2D(), near: new Path2D(), far: new Path2D() };
    for (let start = 0; start < circles.length; start += CIRCLE_FLOATS) {
      traceCircle(
        circles.subarray(start, start + CIRCLE_FLOATS),
        view.viewProjection,
        (place, next, middle) => {
          const path = start === 0 ? paths.outline : paths[isNear(middle, eye) ? 'near' : 'far'];
          path.moveTo(place[0], place[1]);
          path.lineTo(next[0], next[1]);
        },
      );
    }
    const stroke = (path: Path2D, opacity: number) => {
      context!.strokeStyle = css(themes[view.theme].guide, opacity);
      context!.stroke(path);
    };
    stroke(paths.far, GRATICULE_BACK_OPACITY);
    stroke(paths.near, GRATICULE_FRONT_OPACITY);
    stroke(paths.outline, OUTLINE_OPACITY);
  }

  /** Calls back with each straight piece of a circle: its ends in device pixels, its middle in the world. */
  function traceCircle(
    circle: Float32Array,
    m: mat4,
    piece: (from: number[], to: number[], middle: number[]) => void,
  ): void {
    const at = (segment: number) => {
      const angle = (2 * Math.PI * segment) / CIRCLE_SEGMENTS;
      return [0, 1, 2].map(
        (axis) => circle[axis] + Math.cos(angle) * circle[4 + axis] + Math.sin(angle) * circle[8 + axis],
      );
    };
    const toPixel = ([px, py, pz]: number[]) => {
      const w = m[3] * px + m[7] * py + m[11] * pz + m[15];
      return [
        (canvas.width / 2) * (1 + (m[0] * px + m[4] * py + m[8] * pz + m[12]) / w),
        (canvas.height / 2) * (1 - (m[1] * px + m[5] * py + m[9] * pz + m[13]) / w),
      ];
    };
    let from = at(0);
    for (let segment = 1; segment <= CIRCLE_SEGMENTS; segment++) {
      const to = at(segment);
      piece(
        toPixel(from),
        toPixel(to),
        from.map((value, axis) => (value + to[axis]) / 2),
      );
      from = to;
    }
  }

  /** One stroke per colour and step of depth, however many links there are. */
  function drawLinks(view: FrameView): void {
    const perspective = shape.displayDimension === 3;
    const levels = perspective ? LINK_LEVELS : 1;
    const paths: Path2D[] = [];
    for (let link = 0; link < shape.links.length; link += 2) {
      const from = shape.links[link];
      const to = shape.links[link + 1];
      if (Number.isNaN(x[from] + x[to])) continue;
      const level = Math.round((0.5 + 0.25 * (depth[from] + depth[to])) * (levels - 1));
      const path = (paths[colours.indices[from] * levels + level] ??= new Path2D());
      path.moveTo(x[from], y[from]);
      path.lineTo(x[to], y[to]);
    }
    const table = colourTable(colours, view.theme);
    const opacity = linkOpacity(shape.links.length / 2);
    paths.forEach((path, key) => {
      const fade = perspective ? (FARTHEST_FADE * (key % levels)) / (levels - 1) : 0;
      context!.strokeStyle = css(table[Math.floor(key / levels)], opacity * (1 - fade));
      context!.stroke(path);
    });
  }

  function drawPoints(view: FrameView): void {
    const levels = shape.displayDimension === 3 ? DEPTH_LEVELS : 1;
    const { image, side, prepare } = spritesFor(view, levels);
    const half = side / 2;
    for (const point of order) {
      if (point === view.highlighted) continue;
      const level = Math.round((0.5 + 0.5 * depth[point]) * (levels - 1));
      const colour = colours.indices[point];
      prepare(level, colour);
      const left = x[point] - half;
      const top = y[point] - half;
      context!.drawImage(image, level * side, colour * side, side, side, left, top, side, side);
    }
    if (view.highlighted >= 0) drawHighlighted(view, view.highlighted);
  }

  function spritesFor(view: FrameView, levels: number): Sprites {
    const key = [view.theme, view.pointRadius, pixelRatio].join();
    if (sprites?.key !== key) {
      const made = createSprites({
        theme: themes[view.theme],
        table: colourTable(colours, view.theme),
        levels,
        pointRadius: view.pointRadius * pixelRatio,
        pixelRatio,
      });
      sprites = { key, made };
    }
    return sprites.made;
  }

  function drawHighlighted(view: FrameView, point: number): void {
    const radius = scaleAtDepth(depth[point]) * view.pointRadius * pixelRatio * HIGHLIGHT_SCALE;
    const disc = (size: number, fill: string) => {
      context!.fillStyle = fill;
      context!.beginPath();
      context!.arc(x[point], y[point], size, 0, 2 * Math.PI);
      context!.fill();
    };
    disc(radius + HIGHLIGHT_RIM * pixelRatio, css(themes[view.theme].highlight));
    disc(radius, css(colourTable(colours, view.theme)[colours.indices[point]]));
  }

  function draw(positions: DisplayPositions, view: FrameView): void {
    if (positions.on === 'gpu') throw new Error('The Canvas 2D renderer reads positions from the CPU.');
    context!.fillStyle = css(themes[view.theme].background);
    context!.fillRect(0, 0, canvas.width, canvas.height);
    context!.lineWidth = LINE_WIDTH * pixelRatio;
    project(positions.array, view.viewProjection);
    sortBackToFront();
    if (view.showGuide) drawGuide(view);
    if (view.showLinks) drawLinks(view);
    drawPoints(view);
  }

  return { description: 'Canvas 2D', setShape, resize, draw, dispose: () => (sprites = undefined) };
}

/** 0 for the farthest. A depth that is not a number counts as in the middle. */
function sortLevel(depth: number): number {
  return Math.round((0.5 - 0.5 * (depth || 0)) * (SORT_LEVELS - 1));
}

function isNear([px, py, pz]: number[], [ex, ey, ez, ew]: vec4): boolean {
  return px * ex + py * ey + pz * ez > ew;
}
