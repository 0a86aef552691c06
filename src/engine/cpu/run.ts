import type { EvaluateOptions } from '../engine.ts';
import { Slices } from '../slices.ts';
import type { Programs, StreamedProgram } from './programs.ts';
import type { Threads } from './threads/threads.ts';
import { costOf, work } from './work.ts';
import type { Part } from './work.ts';

/** Multiply-adds that a pair's exponentials and selections are worth. */
const PAIR_OVERHEAD = 24;

/** Multiply-adds below which threads gain nothing, as long as they have to be woken: about two milliseconds. */
const WORTH_THREADS = 2e7;

/** What an engine keeps from one evaluation to the next. */
export interface Means {
  programs: Programs;
  /** Undefined where there is one thread, the caller's. */
  threads: Threads | undefined;
}

/** The threads that so many pairs are worth, if there are any. */
export function helpersFor(
  pairs: number,
  dimension: number,
  threads: Threads | undefined,
): Threads | undefined {
  const isWorthIt = pairs * (dimension + PAIR_OVERHEAD) > WORTH_THREADS;
  return isWorthIt && threads?.lost === undefined ? threads : undefined;
}

/**
 * Runs a part of a program on the helpers; without any it is done here, in slices. False when a helper was lost: nothing
 * came of it.
 */
export async function run(
  program: StreamedProgram,
  part: Part,
  options: EvaluateOptions,
  helpers: Threads | undefined,
): Promise<boolean> {
  const { kernels, memory, plan } = program;
  const cost = costOf(plan, part);
  if (helpers) return helpers.run(program, part, cost, options);
  const slices = new Slices(cost, options);
  for (const step of work(kernels, memory, plan, 0, part)) {
    if (typeof step === 'number' && slices.spend(step)) await slices.next();
  }
  return true;
}
