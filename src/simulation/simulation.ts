import type { Hyperparameters, Start, Statistics } from './settings.ts';

/** Where the cloud stands, for a renderer: x, y, z, unused per point. Three principal axes when the dimension is above 3. */
export type DisplayPositions =
  { on: 'gpu'; buffer: GPUBuffer; device: GPUDevice } | { on: 'cpu'; array: Float32Array };

/**
 * A run of free points under a loss. Time is cut into slices that fit beside a frame: `advance` does about `budget`
 * milliseconds of work, which may be a part of a step or many steps.
 */
export interface Simulation {
  /** The engine's own words for what computes this run. */
  readonly description: string;
  readonly start: Start;

  /** Takes effect with the next step; never resets the run. */
  configure(hyperparameters: Hyperparameters): void;

  /**
   * Called once a frame. Works towards `steps` further steps (whole steps; a slow step spreads over many frames).
   * Never blocks for longer than a slice.
   */
  advance(steps: number): void;

  /** Steps finished so far, as far as this side knows. */
  readonly stepsTaken: number;

  /** The newest statistics, or undefined before the first. */
  readonly statistics: Statistics | undefined;

  /** What the renderer draws; up to date with the last `advance`. */
  readonly positions: DisplayPositions;

  /** Moves one point to display coordinates (2-D and 3-D runs only), as a hand would. */
  place(point: number, x: number, y: number, z: number): void;

  /** Called at most once, when the run cannot go on: a lost device, a shader that does not compile, a worker that died. */
  onFailure: ((reason: string) => void) | undefined;

  dispose(): void;
}
