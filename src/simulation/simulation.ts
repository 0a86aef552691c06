import type { TraceListener } from './trace.ts';
import type { Hyperparameters, RunState, Start, Statistics } from './settings.ts';

/** Where the cloud stands, for a renderer: x, y, z, unused per point. Three principal axes when the dimension is above 3. */
export type DisplayPositions =
  { on: 'gpu'; buffer: GPUBuffer; device: GPUDevice } | { on: 'cpu'; array: Float32Array };

/**
 * A run of points under a loss, free ones or those of an encoder. Steps and frames are decoupled: a step is cut into slices that fit beside a frame,
 * so a slow step spreads over many frames and a quick one happens many times in one.
 */
export interface Simulation {
  /** The engine's own words for what computes this run. */
  readonly description: string;
  readonly start: Start;

  /** Takes effect with the next step; never resets the run. Bad settings are an InputError, or a failure of the run. */
  configure(hyperparameters: Hyperparameters): void;

  /**
   * Called once a frame while playing: asks for `steps` more steps (a fraction is carried over). Does, or starts, what
   * fits beside a frame, and forgets what it could not do, so that a slow engine never builds up a debt.
   */
  advance(steps: number): void;

  /** Steps finished so far, as far as this side knows. */
  readonly stepsTaken: number;

  /** The newest statistics, or undefined before the first. */
  readonly statistics: Statistics | undefined;

  /** What the renderer draws; up to date with the last `advance`. */
  readonly positions: DisplayPositions;

  /**
   * Tells the listener of everything that the run computes from now on, until another takes its place; undefined ends
   * it. Costs nothing while there is none.
   */
  trace(listener: TraceListener | undefined): void;

  /** Moves one free point to display coordinates (2-D and 3-D runs only), as a hand would; does nothing elsewhere. */
  place(point: number, x: number, y: number, z: number): void;

  /** The state after the last finished step. */
  snapshot(): Promise<RunState>;

  /** Called at most once, when the run cannot go on: a lost device, a shader that does not compile, a worker that died. */
  onFailure: ((reason: string) => void) | undefined;

  dispose(): void;
}
