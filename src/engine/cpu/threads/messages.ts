import type { DistancePlan } from '../distances/plan.ts';
import type { PairPlan } from '../pairs/plan.ts';
import type { Part } from '../work.ts';

/** What a thread works on. Once told, it keeps it until it is told another. */
export interface SharedProgram {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  plan: PairPlan | DistancePlan;
}

export interface ToThread {
  thread: number;
  part: Part;
  /** Absent: the same as before. */
  program: SharedProgram | undefined;
}

export type FromThread = { type: 'done' } | { type: 'failed'; reason: string };
