import { NEGATIVE, POSITIVE, sigmoid, softplus } from '../pair-matrix.ts';
import type { PairRule } from '../pair-rule.ts';
import { expNegative } from './exponential.ts';
import { includeInLogSumExp, includePositives, logSumExpAt } from './running-sums.ts';

/** Running log-sum-exps of the negatives and of the positives. */
const NEGATIVES = 0;
const POSITIVE_EXPS = 2;
/** Count of the positives and sum of their logits. */
const POSITIVES = 4;
/** Finished: the two log-sum-exps; Infinity where nothing pushes. */
const LOG_SUM_EXP_NEGATIVES = 6;
const LOG_SUM_EXP_POSITIVES = 7;
/** Finished: the share of the denominator that the negatives hold. */
const SHARE = 8;

/** One term per anchor: log-sum-exp of all others, less the mean over the positives outside or inside the logarithm. */
export const supConRule: PairRule = {
  size: 9,

  accumulate(anchors, at, line, { logitScale, negatives }) {
    if (negatives) {
      includeInLogSumExp(anchors, at + NEGATIVES, line, NEGATIVE, logitScale);
      includeInLogSumExp(anchors, at + POSITIVE_EXPS, line, POSITIVE, logitScale);
    }
    includePositives(anchors, at + POSITIVES, line, logitScale);
  },

  finish(anchors, at, { negatives, meanInside }) {
    const positives = anchors[at + POSITIVES];
    const meanPositive = anchors[at + POSITIVES + 1] / positives;
    if (!negatives || positives === 0) {
      anchors[at + LOG_SUM_EXP_NEGATIVES] = Infinity;
      anchors[at + LOG_SUM_EXP_POSITIVES] = Infinity;
      return positives === 0 ? { loss: 0, terms: 0 } : { loss: -meanPositive, terms: 1 };
    }
    const logSumExpPositives = logSumExpAt(anchors, at + POSITIVE_EXPS);
    const logSumExpNegatives = logSumExpAt(anchors, at + NEGATIVES);
    const lead = logSumExpNegatives - logSumExpPositives;
    anchors[at + LOG_SUM_EXP_NEGATIVES] = logSumExpNegatives;
    anchors[at + LOG_SUM_EXP_POSITIVES] = logSumExpPositives;
    anchors[at + SHARE] = sigmoid(lead);
    const spread = meanInside ? Math.log(positives) : logSumExpPositives - meanPositive;
    return { loss: softplus(lead) + spread, terms: 1 };
  },

  pull(
    anchors,
    at,
    { similarity, relation, pull, first, stride, count },
    { logitScale, negatives, meanInside },
  ) {
    const logSumExpNegatives = anchors[at + LOG_SUM_EXP_NEGATIVES];
    const logSumExpPositives = anchors[at + LOG_SUM_EXP_POSITIVES];
    const share = anchors[at + SHARE];
    const isInside = Boolean(negatives && meanInside);
    const evenTarget = 1 / anchors[at + POSITIVES];
    for (let step = 0, entry = first; step < count; step++, entry += stride) {
      const kind = relation[entry];
      const logit = logitScale * similarity[entry];
      if (kind === NEGATIVE) {
        pull[entry] += share * logitScale * expNegative(logit - logSumExpNegatives);
      } else if (kind === POSITIVE) {
        const weight = expNegative(logit - logSumExpPositives);
        const target = isInside ? weight : evenTarget;
        // In this order: weight and target may be equal, and all that is left then is the small share.
        pull[entry] += (weight - target - share * weight) * logitScale;
      }
    }
  },
};
