import type { Hyperparameters, RunState, Start } from '../settings.ts';
import type { Profile } from './profile.ts';

/** What the page says to the worker, once; terminating the worker ends the profile. */
export interface ToProfiler {
  backend: 'cpu' | 'reference';
  start: Start;
  hyperparameters: Hyperparameters;
  state: RunState;
}

/** What the worker says to the page. */
export type FromProfiler =
  | { type: 'progress'; fraction: number; label: string }
  | { type: 'profile'; profile: Profile }
  | { type: 'failed'; reason: string };
