import { NEGATIVE, POSITIVE } from '../pair-matrix.ts';
import type { PairRule } from '../pair-rule.ts';
import { expNegative } from './exponential.ts';

const LOSS = 0;

/** Every pair is a question of its own: softplus(-logit) of the positive, softplus(logit) of the negatives. */
export const sigLipRule: PairRule = {
  size: 1,

  accumulate(anchors, at, { similarity, relation, first, stride, count }, { logitScale, logitBias }) {
    let sum = 0;
    for (let step = 0, entry = first; step < count; step++, entry += stride) {
      const kind = relation[entry];
      if (kind !== NEGATIVE && kind !== POSITIVE) continue;
      const logit = logitScale * similarity[entry] + logitBias;
      const doubt = kind === POSITIVE ? -logit : logit;
      sum += Math.max(doubt, 0) + Math.log1p(expNegative(-Math.abs(doubt)));
    }
    anchors[at + LOSS] += sum;
  },

  finish: (anchors, at) => ({ loss: anchors[at + LOSS], terms: 1 }),

  pull(_anchors, _at, { similarity, relation, pull, first, stride, count }, { logitScale, logitBias }) {
    for (let step = 0, entry = first; step < count; step++, entry += stride) {
      const kind = relation[entry];
      if (kind !== NEGATIVE && kind !== POSITIVE) continue;
      const logit = logitScale * similarity[entry] + logitBias;
      const doubt = kind === POSITIVE ? -logit : logit;
      const ratio = expNegative(-Math.abs(doubt));
      const miss = (doubt >= 0 ? 1 : ratio) / (1 + ratio);
      pull[entry] += kind === POSITIVE ? -logitScale * miss : logitScale * miss;
    }
  },
};
