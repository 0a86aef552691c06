import type { Span } from './trace.ts';
import type { Hyperparameters, RunState, Start, Statistics } from './settings.ts';

/** What the page says to the worker. The first message is `begin`; terminating the worker ends the run. */
export type ToWorker =
  | {
      type: 'begin';
      backend: 'cpu' | 'reference';
      start: Start;
      hyperparameters: Hyperparameters;
      state?: RunState;
      /** performance.timeOrigin of the page. */
      timeOrigin: number;
    }
  | { type: 'configure'; hyperparameters: Hyperparameters }
  | { type: 'advance'; steps: number }
  | { type: 'place'; point: number; x: number; y: number; z: number }
  | { type: 'snapshot' }
  | { type: 'trace'; on: boolean }
  /** Hands back, transferred, an array that the page has drawn; without it the worker sends no further picture. */
  | { type: 'recycle'; positions: Float32Array };

/** What the worker says to the page. */
export type ToPage =
  | { type: 'ready'; description: string; picture: Picture }
  | { type: 'picture'; picture: Picture }
  /** Answers come in the order of the questions. */
  | { type: 'snapshot'; state: RunState }
  /** On the clock of the page. */
  | { type: 'spans'; spans: Span[] }
  /** The run cannot go on. */
  | { type: 'failure'; reason: string };

/** How the run stands. The positions, x, y, z, 0 per point, are transferred. */
export interface Picture {
  step: number;
  statistics: Statistics | undefined;
  positions: Float32Array;
}
