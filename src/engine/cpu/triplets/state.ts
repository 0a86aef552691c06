import type { Constants } from '../../../losses/constants.ts';
import type { TripletRule } from '../../../losses/triplet-rule.ts';
import type { Groups } from '../groups.ts';
import type { Panel } from './panel.ts';

/** What the skeleton keeps of a batch: entries are the ordered pairs of each class, at start[anchor] + rank[positive]. */
export interface State {
  rule: TripletRule;
  constants: Constants;
  labels: Uint32Array;
  groups: Groups;
  panel: Panel;
  /** The distance of each entry, and the slope of all terms in it. */
  positives: Float64Array;
  pulls: Float64Array;
  /** The negative that mining chose for each entry; empty where it does not choose. */
  choices: Uint32Array;
  /** Of each anchor: the sum of its terms, and how many. */
  losses: Float64Array;
  terms: Float64Array;
}

/** What an anchor does with the columns from..to of the panel. */
export type Visit = (state: State, anchor: number, from: number, to: number) => void;
