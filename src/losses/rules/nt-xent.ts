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
/** Sums over the terms: the loss, and the probability of missing the positive. */
const LOSS = 5;
const MISSES = 6;

/** One term per positive: softplus(log-sum-exp of the negatives - positive). Several positives take a second pass. */
export const ntXentRule: PairRule = {
  size: 7,

  accumulate(anchors, at, line, { logitScale, negatives }) {
    if (negatives) includeInLogSumExp(anchors, at + NEGATIVES, line, NEGATIVE, logitScale);
    includePositives(anchors, at + POSITIVES, line, logitScale);
  },

  refine(anchors, at, { similarity, relation, first, stride, count }, { logitScale, negatives }) {
    if (!negatives || anchors[at + POSITIVES] < 2) return;
    for (let step = 0, entry = first; step < count; step++, entry += stride) {
      if (relation[entry] !== POSITIVE) continue;
      const lead = anchors[at + LOG_SUM_EXP] - logitScale * similarity[entry];
      anchors[at + LOSS] += softplus(lead);
      anchors[at + MISSES] += sigmoid(lead);
    }
  },

  finish(anchors, at, { negatives }) {
    const terms = anchors[at + POSITIVES];
    const positive = anchors[at + POSITIVES + 1];
    anchors[at + LOG_SUM_EXP] = negatives && terms > 0 ? logSumExpAt(anchors, at + NEGATIVES) : Infinity;
    if (!negatives) return { loss: -positive, terms };
    if (terms === 1) {
      const lead = anchors[at + LOG_SUM_EXP] - positive;
      anchors[at + LOSS] = softplus(lead);
      anchors[at + MISSES] = sigmoid(lead);
    }
    return { loss: anchors[at + LOSS], terms };
  },

  pull(anchors, at, { similarity, relation, pull, first, stride, count }, { logitScale }) {
    const logSumExp = anchors[at + LOG_SUM_EXP];
    const weight = anchors[at + MISSES] * logitScale;
    for (let step = 0, entry = first; step < count; step++, entry += stride) {
      const kind = relation[entry];
      if (kind === NEGATIVE) {
        pull[entry] += weight * expNegative(logitScale * similarity[entry] - logSumExp);
      } else if (kind === POSITIVE) {
        pull[entry] -= sigmoid(logSumExp - logitScale * similarity[entry]) * logitScale;
      }
    }
  },
};
