import type { Engine } from '../../engine/engine.ts';
import type { Cloud } from '../../simulation/geometry/cloud.ts';
import type { Geometry } from '../../simulation/geometry/measure.ts';
import type { Precision } from '../precision.ts';
import type { Reading } from '../truth.ts';

/** What can be asked about a cloud, and what the answer is. */
export interface Answers {
  geometry: Geometry;
  truth: readonly Reading[];
  /** Of the run's engine and, where that is another, of the CPU. */
  precision: readonly Precision[];
}

export type Question = { about: 'geometry' } | { about: 'truth'; number: number } | { about: 'precision' };

/** The kernels that a remote engine is asked to run. */
export type Kernel = 'evaluate' | 'similarity' | 'softmax';

export type ToObserver =
  /** Comes first: what computes; 'webgpu' stays on the page, which is asked to run its kernels. */
  | { type: 'begin'; backend: Engine['backend']; description: string }
  | { type: 'ask'; id: number; question: Question; cloud: Cloud }
  | { type: 'computed'; id: number; result: unknown }
  | { type: 'refused'; id: number; reason: string; isInput: boolean };

export type FromObserver =
  | { type: 'answer'; id: number; answer: Answers[keyof Answers] }
  | { type: 'unanswered'; id: number; reason: string }
  | { type: 'compute'; id: number; kernel: Kernel; inputs: unknown[] };
