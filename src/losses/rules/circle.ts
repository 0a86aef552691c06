import { NEGATIVE, POSITIVE, sigmoid, softplus } from '../pair-matrix.ts';
import type { PairRule } from '../pair-rule.ts';
import { expNegative } from './exponential.ts';
import { includeLogit, logSumExpAt } from './running-sums.ts';

/** Running log-sum-exps. */
const POSITIVES = 0;
const NEGATIVES = 2;
/** Finished: the two log-sum-exps, and the sigmoid of their sum; 0 where either is empty. */
const LOG_SUM_EXP_POSITIVES = 4;
const LOG_SUM_EXP_NEGATIVES = 5;
const MISS = 6;

/** One term per anchor: softplus(log-sum-exp of the positives + log-sum-exp of the negatives). */
export const circleRule: PairRule = {
  size: 7,

  accumulate(anchors, at, { similarity, relation, first, stride, count }, { margin, gamma }) {
    for (let step = 0, entry = first; step < count; step++, entry += stride) {
      const kind = relation[entry];
      const s = similarity[entry];
      if (kind === NEGATIVE) {
        includeLogit(anchors, at + NEGATIVES, gamma * Math.max(0, s + margin) * (s - margin));
      } else if (kind === POSITIVE) {
        includeLogit(anchors, at + POSITIVES, -gamma * Math.max(0, 1 + margin - s) * (s - 1 + margin));
      }
    }
  },

  finish(anchors, at) {
    const positives = logSumExpAt(anchors, at + POSITIVES);
    const negatives = logSumExpAt(anchors, at + NEGATIVES);
    const lead = positives + negatives;
    anchors[at + LOG_SUM_EXP_POSITIVES] = positives;
    anchors[at + LOG_SUM_EXP_NEGATIVES] = negatives;
    anchors[at + MISS] = sigmoid(lead);
    return { loss: softplus(lead), terms: lead === -Infinity ? 0 : 1 };
  },

  pull(anchors, at, { similarity, relation, pull, first, stride, count }, { margin, gamma }) {
    const weight = anchors[at + MISS] * gamma;
    if (weight === 0) return;
    const logSumExpPositives = anchors[at + LOG_SUM_EXP_POSITIVES];
    const logSumExpNegatives = anchors[at + LOG_SUM_EXP_NEGATIVES];
    for (let step = 0, entry = first; step < count; step++, entry += stride) {
      const kind = relation[entry];
      const s = similarity[entry];
      if (kind === NEGATIVE) {
        const distance = Math.max(0, s + margin);
        const logit = gamma * distance * (s - margin);
        pull[entry] += weight * distance * expNegative(logit - logSumExpNegatives);
      } else if (kind === POSITIVE) {
        const distance = Math.max(0, 1 + margin - s);
        const logit = -gamma * distance * (s - 1 + margin);
        pull[entry] -= weight * distance * expNegative(logit - logSumExpPositives);
      }
    }
  },
};
