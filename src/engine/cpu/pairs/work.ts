/** What one thread does of an evaluation: the skeleton's passes over the tiles of all pairs, in a fixed order. */
import type { Kernels } from './kernels.ts';
import { Panels } from './panels.ts';
import { POINT_COST } from './passes.ts';
import type { Step } from './passes.ts';
import type { PairPlan } from './plan.ts';
import { Sweeps } from './sweeps.ts';

/** What all threads together yield, for progress. */
export function costOf({ rows, columns, anchors, refines, gradient }: PairPlan): number {
  const points = (rows.padded + (rows === columns ? 0 : columns.padded)) * POINT_COST * (gradient ? 2 : 1);
  const pairs = (rows.padded * columns.padded) / (anchors === 'all' ? 2 : 1);
  return points + pairs * (1 + Number(refines) + Number(gradient));
}

/** The steps of thread `thread`, to be taken one after another. */
export function* work(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  plan: PairPlan,
  thread: number,
): Generator<Step, void> {
  const pairs = plan.panels
    ? new Panels(kernels, memory, plan, thread)
    : new Sweeps(kernels, memory, plan, thread);
  yield* pairs.prepare();
  yield* pairs.stream();
  yield* pairs.conclude();
}
