import { NEGATIVE, POSITIVE, softplus } from '../pair-matrix.ts';
import type { PairRule } from '../pair-rule.ts';
import { expNegative } from './exponential.ts';
import { includeInLogSumExp, logSumExpAt } from './running-sums.ts';

/** Running log-sum-exps, before the base is taken off. */
const POSITIVES = 0;
const NEGATIVES = 2;
/** Finished: log(1 + sum exp), which a candidate's share is relative to. */
const POSITIVE_EXCESS = 4;
const NEGATIVE_EXCESS = 5;

/** One term per anchor: softplus(log-sum-exp) of its positives below the base, and of its negatives above it. */
export const multiSimilarityRule: PairRule = {
  size: 6,

  accumulate(anchors, at, line, { alpha, beta }) {
    includeInLogSumExp(anchors, at + POSITIVES, line, POSITIVE, -alpha);
    includeInLogSumExp(anchors, at + NEGATIVES, line, NEGATIVE, beta);
  },

  finish(anchors, at, { alpha, beta, base }) {
    const positives = logSumExpAt(anchors, at + POSITIVES);
    const negatives = logSumExpAt(anchors, at + NEGATIVES);
    const positiveExcess = softplus(positives + alpha * base);
    const negativeExcess = softplus(negatives - beta * base);
    anchors[at + POSITIVE_EXCESS] = positiveExcess;
    anchors[at + NEGATIVE_EXCESS] = negativeExcess;
    const isAlone = positives === -Infinity && negatives === -Infinity;
    return { loss: positiveExcess / alpha + negativeExcess / beta, terms: isAlone ? 0 : 1 };
  },

  pull(anchors, at, { similarity, relation, pull, first, stride, count }, { alpha, beta, base }) {
    const positiveExcess = anchors[at + POSITIVE_EXCESS];
    const negativeExcess = anchors[at + NEGATIVE_EXCESS];
    for (let step = 0, entry = first; step < count; step++, entry += stride) {
      const kind = relation[entry];
      const above = similarity[entry] - base;
      if (kind === NEGATIVE) pull[entry] += expNegative(beta * above - negativeExcess);
      else if (kind === POSITIVE) pull[entry] -= expNegative(-alpha * above - positiveExcess);
    }
  },
};
