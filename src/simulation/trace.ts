import type { Clock } from '../engine/webgpu/stopwatch.ts';

/** Something that was computed, and when. */
export interface Span {
  label: string;
  /** Milliseconds, as performance.now() has them. */
  begin: number;
  end: number;
  clock: Clock;
}

export type TraceListener = (spans: readonly Span[]) => void;
