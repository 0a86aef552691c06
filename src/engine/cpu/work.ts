/** What one thread does of an evaluation: a skeleton's passes over the tiles of all pairs, in a fixed order. */
import type { DistanceKernels } from './distances/kernels.ts';
import type { DistancePlan } from './distances/plan.ts';
import { DistanceSweeps } from './distances/sweeps.ts';
import type { Kernels } from './pairs/kernels.ts';
import { Panels } from './pairs/panels.ts';
import { POINT_COST } from './pairs/passes.ts';
import type { Step } from './pairs/passes.ts';
import type { PairPlan } from './pairs/plan.ts';
import { Sweeps } from './pairs/sweeps.ts';

/** All of it; or, of distances, what points gather, and then the gradient: what is gathered is put together in between. */
export type Part = 'whole' | 'gather' | 'pull';

/** What all threads together yield, for progress. */
export function costOf({ rows, columns, anchors, refines, gradient }: PairPlan, part: Part): number {
  const ends = part === 'whole' && gradient ? 2 : 1;
  const points = (rows.padded + (rows === columns ? 0 : columns.padded)) * POINT_COST * ends;
  const pairs = (rows.padded * columns.padded) / (anchors === 'all' ? 2 : 1);
  return points + pairs * (part === 'whole' ? 1 + Number(refines) + Number(gradient) : 1);
}

/** The steps of thread `thread`, to be taken one after another. */
export function* work(
  kernels: Kernels | DistanceKernels,
  memory: WebAssembly.Memory,
  plan: PairPlan | DistancePlan,
  thread: number,
  part: Part,
): Generator<Step, void> {
  if ('total' in plan) {
    const sweeps = new DistanceSweeps(kernels as DistanceKernels, memory, plan, thread);
    yield* part === 'gather' ? sweeps.gather() : sweeps.pull();
    return;
  }
  const pairs = new (plan.panels ? Panels : Sweeps)(kernels as Kernels, memory, plan, thread);
  yield* pairs.prepare();
  yield* pairs.stream();
  yield* pairs.conclude();
}
