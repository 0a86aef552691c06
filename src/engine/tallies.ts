import { TALLY } from '../losses/distance-rule.ts';
import type { DistanceRule } from '../losses/distance-rule.ts';
import type { Constants } from '../losses/constants.ts';
import type { Evaluation } from './engine.ts';

/** What the tallies of all points come to. */
export interface TallyLosses extends Required<Pick<Evaluation, 'loss' | 'count' | 'rowLosses'>> {
  /** One per tower. */
  totals: Float64Array[];
}

/**
 * The loss of a batch, the mean over its towers, and the same reduction over what each point met on its own.
 * @param towers the tallies of each tower's points.
 * @param others how many points of its own tower each point meets.
 */
export function lossesOf(
  rule: DistanceRule,
  constants: Constants,
  towers: readonly Float64Array[],
  others: number,
): TallyLosses {
  const result: TallyLosses = {
    loss: 0,
    count: 0,
    rowLosses: new Float32Array(towers[0].length / TALLY),
    totals: towers.map(() => new Float64Array(TALLY)),
  };
  towers.forEach((tallies, tower) => {
    const total = result.totals[tower];
    result.rowLosses.forEach((_, row) => {
      rule.combine(total, tallies, row * TALLY);
      result.rowLosses[row] += rule.finish(tallies, row * TALLY, constants, others).loss / towers.length;
    });
    const { loss, count } = rule.finish(total, 0, constants, others);
    result.loss += loss / towers.length;
    result.count = count;
  });
  return result;
}
