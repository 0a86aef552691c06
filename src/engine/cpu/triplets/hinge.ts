import { ALL, HARD } from '../../../losses/triplet-rule.ts';
import type { Slices } from '../../slices.ts';
import { TILE } from '../pairs/tile.ts';
import type { State, Visit } from './state.ts';

/**
 * Terms [positive - negative + margin]+ that mining looks at one by one. Which positives a negative meets is a range of
 * them in the order of their distances, so that an anchor costs negatives x log(positives), and its positives once for
 * every panel, not negatives x positives: at the ends of its range a negative is noted and taken back, and a running sum
 * tells how many each positive meets and how far they are together.
 */
export async function hingeTerms(state: State, margin: number, slices: Slices): Promise<Visit> {
  const { order, sorted } = await sortedPositives(state, slices);
  const { mining, activeOnly } = state.constants;
  const most = state.groups.size.reduce((largest, size) => Math.max(largest, size), 1);
  const counts = new Float64Array(most);
  const sums = new Float64Array(most);

  return ({ labels, panel, pulls, losses, terms, groups: { size, start } }, anchor, from, to) => {
    const first = start[anchor];
    const positives = size[anchor] - 1;
    const { distances, slopes } = panel;
    const place = panel.placeOf(anchor);
    counts.fill(0, 0, positives + 1);
    sums.fill(0, 0, positives + 1);
    for (let column = from; column < to; column++) {
      if (labels[column] === labels[anchor]) continue;
      const at = place + (column - from) * TILE;
      const negative = distances[at];
      // From where on positives are so far that the term is above 0; and where they are as far as the negative.
      const active = firstBeyond(sorted, first, positives, negative - margin, false);
      const equal = mining === ALL ? 0 : firstBeyond(sorted, first, positives, negative, true);
      const begin = mining === HARD ? Math.max(active, equal) : active;
      const end = mining === ALL || mining === HARD ? positives : equal;
      if (begin < end) {
        counts[begin]++;
        counts[end]--;
        sums[begin] += negative;
        sums[end] -= negative;
        if (slopes.length > 0) slopes[at] -= end - begin;
      }
      if (activeOnly) terms[anchor] += Math.max(0, end - begin);
      else if (mining === ALL) terms[anchor] += positives;
      else if (mining === HARD) terms[anchor] += positives - equal;
      else {
        const within = firstBeyond(sorted, first, positives, negative - margin, true);
        terms[anchor] += Math.max(0, equal - within);
      }
    }
    let count = 0;
    let sum = 0;
    for (let index = 0; index < positives; index++) {
      count += counts[index];
      sum += sums[index];
      if (count === 0) continue;
      losses[anchor] += count * (sorted[first + index] + margin) - sum;
      pulls[first + order[first + index]] += count;
    }
  };
}

/** Of each anchor, the ranks of its positives by distance, and these distances. */
async function sortedPositives(
  { positives, groups: { size, rank, start, entries } }: State,
  slices: Slices,
): Promise<{ order: Uint32Array; sorted: Float64Array }> {
  const order = new Uint32Array(entries);
  const sorted = new Float64Array(entries);
  for (const [anchor, points] of size.entries()) {
    const first = start[anchor];
    const others = Array.from({ length: points }, (_, other) => other).filter(
      (other) => other !== rank[anchor],
    );
    others.sort((one, other) => positives[first + one] - positives[first + other]);
    others.forEach((other, index) => {
      order[first + index] = other;
      sorted[first + index] = positives[first + other];
    });
    if (slices.spend(1)) await slices.next();
  }
  return { order, sorted };
}

/** The index, 0 to `count`, of the first of `count` ascending distances that is beyond `bound`, or at it if so wanted. */
function firstBeyond(
  sorted: Float64Array,
  first: number,
  count: number,
  bound: number,
  orAt: boolean,
): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    const distance = sorted[first + middle];
    if (distance > bound || (orAt && distance === bound)) high = middle;
    else low = middle + 1;
  }
  return low;
}
