import type { mat4 } from 'gl-matrix';
import type { ThemeName } from './palette.ts';
import type { DisplayPositions } from '../simulation/simulation.ts';

/** What does not change from frame to frame. */
export interface CloudShape {
  points: number;
  /** 2: seen from above, circle behind. 3: orbits, sphere behind. */
  displayDimension: 2 | 3;
  /** One palette position per point, 0 to 1; equal = positives of each other. */
  hues: Float32Array;
  /** Point indices, two per link: what is joined by a line. */
  links: Uint32Array;
}

export interface FrameView {
  /** World to clip space, depth 0..1. */
  viewProjection: mat4;
  /** Radius of a point in CSS pixels. */
  pointRadius: number;
  theme: ThemeName;
  /** A point to be marked, or -1. */
  highlighted: number;
}

/** Draws the cloud on one canvas. */
export interface CloudRenderer {
  setShape(shape: CloudShape): void;
  /** Sets the canvas's backing size. Width and height in CSS pixels. */
  resize(width: number, height: number, pixelRatio: number): void;
  draw(positions: DisplayPositions, view: FrameView): void;
  dispose(): void;
}

/** Makes a renderer on a canvas that nothing was drawn on. One function stands for one kind of renderer on one device. */
export type CreateRenderer = (canvas: HTMLCanvasElement) => CloudRenderer;
