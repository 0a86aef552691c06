import { HARDEST } from '../../../losses/triplet-rule.ts';
import { TILE } from '../pairs/tile.ts';
import type { State, Visit } from './state.ts';

/** No positive. */
const NOBODY = 0xffffffff;

/** Mining that chooses one negative for every positive, the nearest beyond it, else the farthest; or one for an anchor. */
export function chooser(state: State): Visit {
  /** The distances of what has been chosen so far; where it is not beyond the positive, nothing beyond has been met. */
  const chosen = new Float64Array(state.groups.entries).fill(-Infinity);
  const farthest = state.constants.mining === HARDEST ? farthestPositives(state) : undefined;
  return ({ labels, panel, positives, choices, groups: { size, rank, start } }, anchor, from, to) => {
    const place = panel.placeOf(anchor);
    const [begin, end] = farthest ? [farthest[anchor], farthest[anchor] + 1] : [0, size[anchor]];
    for (let other = begin; other < end; other++) {
      if (other === rank[anchor]) continue;
      const entry = start[anchor] + other;
      const reach = farthest ? -Infinity : positives[entry];
      for (let column = from; column < to; column++) {
        if (labels[column] === labels[anchor]) continue;
        const d = panel.distances[place + (column - from) * TILE];
        const best = chosen[entry];
        if (d > reach ? !(best > reach) || d < best : !(best > reach) && d > best) {
          chosen[entry] = d;
          choices[entry] = column;
        }
      }
    }
  };
}

/** The rank of each anchor's farthest positive, the first of them. */
function farthestPositives({ positives, groups: { size, rank, start } }: State): Uint32Array {
  return Uint32Array.from(size, (points, anchor) => {
    let best = NOBODY;
    for (let other = 0; other < points; other++) {
      if (other === rank[anchor]) continue;
      if (best === NOBODY || positives[start[anchor] + other] > positives[start[anchor] + best]) best = other;
    }
    return best;
  });
}
