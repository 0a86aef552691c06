import type { Budget, Measured, Ramp } from './ramp.ts';

/** What the page says to the worker, once; terminating the worker ends the test. */
export interface ToStress {
  backend: 'cpu' | 'reference';
  ramp: Ramp;
  budget: Budget;
}

/** What the worker says to the page. */
export type FromStress =
  | { type: 'begun'; engine: string }
  | { type: 'progress'; size: number; fraction: number }
  | { type: 'measured'; measured: Measured }
  | { type: 'ended'; ending: string }
  | { type: 'failed'; reason: string };
