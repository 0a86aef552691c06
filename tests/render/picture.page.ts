/** Runs in the browser: draws the same clouds with both renderers, and says how far apart the pictures are. */
import { normals } from '../../src/data/random.ts';
import { Camera } from '../../src/render/camera.ts';
import { createCanvasRenderer } from '../../src/render/canvas-renderer.ts';
import type { CloudRenderer, CloudShape, FrameView } from '../../src/render/renderer.ts';
import { prepareWebGpuRenderer } from '../../src/render/webgpu-renderer.ts';

const SIDE = 320;

export interface PictureCase {
  points: number;
  displayDimension: 2 | 3;
  theme: 'light' | 'dark';
  pointRadius: number;
  /** Whether positions lie in a buffer on the device, for the WebGPU renderer. */
  onGpu: boolean;
}

export interface Comparison {
  /** Part of the pixels, 0 to 1, that are not background. */
  drawn: number;
  /** Pixels of which a channel differs by more than 32 of 255, per pixel drawn. */
  apart: number;
  /** Difference of a channel, of 255, per channel drawn. */
  meanDifference: number;
}

/** Points on the circle or sphere, neighbours in pairs of one hue. */
function cloudOf({ points, displayDimension }: PictureCase): { shape: CloudShape; positions: Float32Array } {
  const middles = normals(3 * points, 1, 1);
  const noise = normals(3 * points, 2, 2);
  const positions = new Float32Array(4 * points);
  for (let point = 0; point < points; point++) {
    const place = [0, 1, 2].map((axis) => middles[3 * (point >> 1) + axis] + 0.1 * noise[3 * point + axis]);
    if (displayDimension === 2) place[2] = 0;
    const length = Math.hypot(...place);
    positions.set(
      place.map((value) => value / length),
      4 * point,
    );
  }
  const hues = Float32Array.from({ length: points }, (_, point) => (point >> 1) / (points / 2));
  return { shape: { points, displayDimension, hues, links: Uint32Array.from(hues.keys()) }, positions };
}

function newCanvas(): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  document.body.append(canvas);
  return canvas;
}

/** The pixels, red, green, blue and opacity each, right after drawing. */
function pixelsOf(canvas: HTMLCanvasElement): Uint8ClampedArray {
  const copy = document.createElement('canvas');
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(canvas, 0, 0);
  return context.getImageData(0, 0, copy.width, copy.height).data;
}

export async function compare(picture: PictureCase): Promise<Comparison> {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error('no adapter');
  const device = await adapter.requestDevice();
  const { shape, positions } = cloudOf(picture);
  const camera = new Camera();
  camera.dimension = picture.displayDimension;
  camera.resize(SIDE, SIDE);
  const view: FrameView = {
    viewProjection: camera.viewProjection(),
    pointRadius: picture.pointRadius,
    theme: picture.theme,
    highlighted: 3,
  };
  const buffer = device.createBuffer({
    label: 'test positions',
    size: positions.byteLength,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(buffer, 0, positions.slice());

  const pictureBy = (renderer: CloudRenderer, canvas: HTMLCanvasElement, onGpu: boolean) => {
    renderer.setShape(shape);
    renderer.resize(SIDE, SIDE, 1);
    renderer.draw(onGpu ? { on: 'gpu', buffer, device } : { on: 'cpu', array: positions }, view);
    const pixels = pixelsOf(canvas);
    renderer.dispose();
    canvas.remove();
    return pixels;
  };
  const createRenderer = await prepareWebGpuRenderer(device);
  const first = newCanvas();
  const second = newCanvas();
  const byWebGpu = pictureBy(createRenderer(first), first, picture.onGpu);
  const byCanvas = pictureBy(createCanvasRenderer(second), second, false);
  device.destroy();
  return differenceOf(byWebGpu, byCanvas);
}

function differenceOf(first: Uint8ClampedArray, second: Uint8ClampedArray): Comparison {
  let drawn = 0;
  let apart = 0;
  let difference = 0;
  for (let start = 0; start < first.length; start += 4) {
    const channels = [start, start + 1, start + 2];
    const distances = channels.map((index) => Math.abs(first[index] - second[index]));
    // The corner is background.
    if (channels.some((index) => Math.abs(first[index] - first[index - start]) > 8)) drawn++;
    if (Math.max(...distances) > 32) apart++;
    difference += (distances[0] + distances[1] + distances[2]) / 3;
  }
  return { drawn: drawn / (SIDE * SIDE), apart: apart / drawn, meanDifference: difference / drawn };
}
