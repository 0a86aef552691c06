import { sigmoid, softplus } from '../pair-matrix.ts';
import type { TripletRule } from '../triplet-rule.ts';
import { HARD, SEMI_HARD } from '../triplet-rule.ts';

/** [d(a, p) - d(a, n) + margin]+, or softplus(d(a, p) - d(a, n)). */
export const tripletMarginRule: TripletRule = {
  selects(positive, negative, { mining, margin }) {
    const gap = negative - positive;
    if (mining === SEMI_HARD) return gap > 0 && gap <= margin;
    return mining !== HARD || gap <= 0;
  },

  term(lead, { soft, margin }) {
    return soft ? softplus(lead) : Math.max(0, lead + margin);
  },

  slope(lead, { soft, margin }) {
    return soft ? sigmoid(lead) : Number(lead + margin > 0);
  },

  hinge({ soft, margin }) {
    return soft ? undefined : margin;
  },
};
