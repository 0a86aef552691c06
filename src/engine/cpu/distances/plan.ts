import { TALLY } from '../../../losses/distance-rule.ts';
import type { BatchLayout } from '../../validate.ts';
import { planPairs } from '../pairs/plan.ts';
import type { PairPlan, PairPlanOptions } from '../pairs/plan.ts';

/** The plan of one set whose points meet all others of it. */
export interface DistancePlan extends PairPlan {
  /** What all points gathered, four f32, for the gradient. */
  total: number;
  /** From how many ends a pair counts, over how many sets: what the gradient is multiplied by. */
  ends: number;
}

/** Vectors per quad of points: a tally, and nothing that each knows for itself. */
export const PARTS = { statistics: TALLY, anchor: 0 };

const TOTAL_BYTES = 64;

/** @param options `sets`: whose losses the batch's is the mean of. */
export function planDistances(
  { dimension, rows }: Pick<BatchLayout, 'dimension' | 'rows'>,
  { sets, ...options }: Omit<PairPlanOptions, 'refines'> & { sets: number },
): DistancePlan {
  const layout = { kind: 'labelled', dimension, rows, columns: rows, extraNegatives: 0 } as const;
  const plan = planPairs({ anchors: 'all' }, layout, PARTS, { ...options, refines: false });
  return { ...plan, total: plan.bytes, bytes: plan.bytes + TOTAL_BYTES, ends: 2 / sets };
}
