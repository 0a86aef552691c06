import { HARDEST, NEAREST_BEYOND } from '../../../losses/triplet-rule.ts';
import type { Slices } from '../../slices.ts';
import { TILE } from '../pairs/tile.ts';
import { hingeTerms } from './hinge.ts';
import type { State, Visit } from './state.ts';

/** The quickest way to the terms that mining leaves. */
export async function termsOf(state: State, slices: Slices): Promise<Visit> {
  const { constants, rule } = state;
  if (constants.mining === NEAREST_BEYOND || constants.mining === HARDEST) return takeChosenTerms;
  const margin = constants.swap === 1 ? undefined : rule.hinge(constants);
  return margin === undefined ? takeTerms : hingeTerms(state, margin, slices);
}

/** The terms of an anchor with the negatives of a panel, where mining looks at each by itself. */
function takeTerms(state: State, anchor: number, from: number, to: number): void {
  const { labels, constants, panel, positives, rule } = state;
  const { first, size, members, rank, start } = state.groups;
  const place = panel.placeOf(anchor);
  for (let other = 0; other < size[anchor]; other++) {
    if (other === rank[anchor]) continue;
    const entry = start[anchor] + other;
    const positive = members[first[anchor] + other];
    for (let column = from; column < to; column++) {
      if (labels[column] === labels[anchor]) continue;
      const offset = (column - from) * TILE;
      if (!rule.selects(positives[entry], panel.distances[place + offset], constants)) continue;
      takeTerm(state, anchor, entry, positive, offset);
    }
  }
}

/** The same where mining chose one negative for each positive. */
function takeChosenTerms(state: State, anchor: number, from: number, to: number): void {
  const { choices } = state;
  const { first, size, members, start } = state.groups;
  for (let other = 0; other < size[anchor]; other++) {
    const entry = start[anchor] + other;
    const column = choices[entry];
    if (column < from || column >= to) continue;
    takeTerm(state, anchor, entry, members[first[anchor] + other], (column - from) * TILE);
  }
}

/** @param offset of the negative, within the panel. */
function takeTerm(state: State, anchor: number, entry: number, positive: number, offset: number): void {
  const { constants, panel, positives, pulls, losses, terms, rule } = state;
  const { distances, slopes } = panel;
  let end = panel.placeOf(anchor) + offset;
  if (constants.swap === 1) {
    const swapped = panel.placeOf(positive) + offset;
    if (distances[swapped] < distances[end]) end = swapped;
  }
  const lead = positives[entry] - distances[end];
  const slope = rule.slope(lead, constants);
  const isActive = slope > 0 || constants.soft === 1;
  if (isActive || !constants.activeOnly) terms[anchor]++;
  if (!isActive) return;
  losses[anchor] += rule.term(lead, constants);
  if (slopes.length === 0) return;
  pulls[entry] += slope;
  slopes[end] -= slope;
}
