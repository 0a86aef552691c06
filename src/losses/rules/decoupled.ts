import { NEGATIVE, POSITIVE } from '../pair-matrix.ts';
import type { PairRule } from '../pair-rule.ts';
import { expNegative } from './exponential.ts';
import { includeInLogSumExp, includePositives, logSumExpAt } from './running-sums.ts';

/** Running log-sum-exp of the negatives. */
const NEGATIVES = 0;
/** Count of the positives and sum of their logits. */
const POSITIVES = 2;
/** Finished: log-sum-exp of the negatives, and how many terms there are. */
const LOG_SUM_EXP = 4;
const TERMS = 5;

/** One term per positive: log-sum-exp of the negatives - positive. */
export const decoupledRule: PairRule = {
  size: 6,

  accumulate(anchors, at, line, { logitScale }) {
    includeInLogSumExp(anchors, at + NEGATIVES, line, NEGATIVE, logitScale);
    includePositives(anchors, at + POSITIVES, line, logitScale);
  },

  finish(anchors, at) {
    const logSumExp = logSumExpAt(anchors, at + NEGATIVES);
    const terms = logSumExp === -Infinity ? 0 : anchors[at + POSITIVES];
    anchors[at + LOG_SUM_EXP] = logSumExp;
    anchors[at + TERMS] = terms;
    return { loss: terms === 0 ? 0 : terms * logSumExp - anchors[at + POSITIVES + 1], terms };
  },

  pull(anchors, at, { similarity, relation, pull, first, stride, count }, { logitScale }) {
    const terms = anchors[at + TERMS];
    if (terms === 0) return;
    const logSumExp = anchors[at + LOG_SUM_EXP];
    const weight = terms * logitScale;
    for (let step = 0, entry = first; step < count; step++, entry += stride) {
      const kind = relation[entry];
      if (kind === NEGATIVE) pull[entry] += weight * expNegative(logitScale * similarity[entry] - logSumExp);
      else if (kind === POSITIVE) pull[entry] -= logitScale;
    }
  },
};
