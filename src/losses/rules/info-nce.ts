import { NEGATIVE, POSITIVE, sigmoid, softplus } from '../pair-matrix.ts';
import type { PairRule } from '../pair-rule.ts';
import { expNegative } from './exponential.ts';
import { includeInLogSumExp, includePositives, logSumExpAt } from './running-sums.ts';

/** Running log-sum-exp of the negatives. */
const NEGATIVES = 0;
/** Count of the positives and sum of their logits. */
const POSITIVES = 2;
/** Finished: log-sum-exp of the negatives; Infinity where nothing pushes. */
const LOG_SUM_EXP = 4;
/** Finished: the probability of missing the positive. */
const MISS = 5;

/** InfoNCE and CLIP, one positive per anchor: softplus(log-sum-exp of the negatives - positive). */
export const infoNceRule: PairRule = {
  size: 6,

  accumulate(anchors, at, line, { logitScale, negatives }) {
    if (negatives) includeInLogSumExp(anchors, at + NEGATIVES, line, NEGATIVE, logitScale);
    includePositives(anchors, at + POSITIVES, line, logitScale);
  },

  finish(anchors, at, { negatives }) {
    const terms = anchors[at + POSITIVES];
    const positive = anchors[at + POSITIVES + 1];
    const isAnchor = terms > 0;
    anchors[at + LOG_SUM_EXP] = negatives && isAnchor ? logSumExpAt(anchors, at + NEGATIVES) : Infinity;
    const lead = anchors[at + LOG_SUM_EXP] - positive;
    anchors[at + MISS] = sigmoid(lead);
    return { loss: negatives && isAnchor ? softplus(lead) : -positive, terms };
  },

  pull(anchors, at, { similarity, relation, pull, first, stride, count }, { logitScale }) {
    const logSumExp = anchors[at + LOG_SUM_EXP];
    const weight = anchors[at + MISS] * logitScale;
    for (let step = 0, entry = first; step < count; step++, entry += stride) {
      const kind = relation[entry];
      if (kind === NEGATIVE) pull[entry] += weight * expNegative(logitScale * similarity[entry] - logSumExp);
      else if (kind === POSITIVE) pull[entry] -= weight;
    }
  },
};
