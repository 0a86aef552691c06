import { NEGATIVE, POSITIVE, sigmoid, softplus } from '../pair-matrix.ts';
import type { Constants, PairRule } from '../pair-rule.ts';
import { expNegative } from './exponential.ts';
import { includeInLogSumExp, includePositives, logSumExpAt } from './running-sums.ts';

/** Running log-sum-exps of the negatives: of (1 + concentration) logit, and of concentration logit, their weights. */
const HARD = 0;
const WEIGHTS = 2;
/** Count of the negatives. */
const NEGATIVES = 4;
/** Count of the positives and sum of their logits. */
const POSITIVES = 5;
/** Finished: the two log-sum-exps, and the logarithms of the weighed sum and of its floor. */
const LOG_HARD = 7;
const LOG_WEIGHTS = 8;
const LOG_SUM = 9;
const FLOOR = 10;
/** Finished: the logit from which on a positive meets the floor. */
const THRESHOLD = 11;
/** Sums over the terms: the loss, and how much they push the negatives. */
const LOSS = 12;
const PUSH = 13;

/** The weighed sum of the negatives, corrected for the positives among them, in place of NT-Xent's plain sum. */
export const debiasedRule: PairRule = {
  size: 14,

  accumulate(anchors, at, line, { logitScale, concentration }) {
    includeInLogSumExp(anchors, at + HARD, line, NEGATIVE, (1 + concentration) * logitScale);
    includeInLogSumExp(anchors, at + WEIGHTS, line, NEGATIVE, concentration * logitScale);
    includePositives(anchors, at + POSITIVES, line, logitScale);
    const { relation, first, stride, count } = line;
    for (let step = 0, entry = first; step < count; step++, entry += stride) {
      if (relation[entry] === NEGATIVE) anchors[at + NEGATIVES]++;
    }
  },

  refine(anchors, at, { similarity, relation, first, stride, count }, constants) {
    if (anchors[at + POSITIVES] < 2) return;
    for (let step = 0, entry = first; step < count; step++, entry += stride) {
      if (relation[entry] === POSITIVE)
        addTerm(anchors, at, constants.logitScale * similarity[entry], constants);
    }
  },

  finish(anchors, at, constants) {
    const { logitScale, positivePrior } = constants;
    const terms = anchors[at + POSITIVES];
    const negatives = anchors[at + NEGATIVES];
    // Nobody to push: every positive meets a floor of 0.
    if (negatives === 0) {
      anchors[at + FLOOR] = -Infinity;
      anchors[at + THRESHOLD] = -Infinity;
      return { loss: 0, terms };
    }
    const logHard = logSumExpAt(anchors, at + HARD);
    const logWeights = logSumExpAt(anchors, at + WEIGHTS);
    const logSum = Math.log(negatives) + logHard - logWeights;
    const floor = Math.log(negatives) - logitScale;
    const room = 1 - (1 - positivePrior) * Math.exp(floor - logSum);
    anchors[at + LOG_HARD] = logHard;
    anchors[at + LOG_WEIGHTS] = logWeights;
    anchors[at + LOG_SUM] = logSum;
    anchors[at + FLOOR] = floor;
    anchors[at + THRESHOLD] =
      room > 0 ? logSum + Math.log(room) - Math.log(positivePrior * negatives) : -Infinity;
    if (terms === 1) {
      anchors[at + LOSS] = 0;
      anchors[at + PUSH] = 0;
      addTerm(anchors, at, anchors[at + POSITIVES + 1], constants);
    }
    return { loss: anchors[at + LOSS], terms };
  },

  pull(anchors, at, { similarity, relation, pull, first, stride, count }, constants) {
    const { logitScale, concentration } = constants;
    const logHard = anchors[at + LOG_HARD];
    const logWeights = anchors[at + LOG_WEIGHTS];
    const hardPush = anchors[at + PUSH] * logitScale * (1 + concentration);
    const weightPush = anchors[at + PUSH] * logitScale * concentration;
    for (let step = 0, entry = first; step < count; step++, entry += stride) {
      const kind = relation[entry];
      const logit = logitScale * similarity[entry];
      if (kind === NEGATIVE) {
        pull[entry] +=
          hardPush * expNegative((1 + concentration) * logit - logHard) -
          weightPush * expNegative(concentration * logit - logWeights);
      } else if (kind === POSITIVE) {
        pull[entry] -= shareOf(anchors, at, logit, constants) * logitScale;
      }
    }
  },
};

function addTerm(anchors: Float64Array, at: number, logit: number, constants: Constants): void {
  const isFloored = logit >= anchors[at + THRESHOLD];
  anchors[at + LOSS] += softplus(
    isFloored ? anchors[at + FLOOR] - logit : correctedSum(anchors, at, logit, constants) - logit,
  );
  if (!isFloored) anchors[at + PUSH] += shareOf(anchors, at, logit, constants);
}

/** The logarithm of the weighed sum less the expected share of positives in it, above its floor. */
function correctedSum(
  anchors: Float64Array,
  at: number,
  logit: number,
  { positivePrior }: Constants,
): number {
  const falseShare = positivePrior * anchors[at + NEGATIVES] * Math.exp(logit - anchors[at + LOG_SUM]);
  return anchors[at + LOG_SUM] + Math.log1p(-falseShare) - Math.log1p(-positivePrior);
}

/** -dTerm/dLogit of a positive. */
function shareOf(anchors: Float64Array, at: number, logit: number, { positivePrior }: Constants): number {
  if (logit >= anchors[at + THRESHOLD]) return sigmoid(anchors[at + FLOOR] - logit);
  const ratio = Math.exp(logit - anchors[at + LOG_SUM]);
  return 1 / ((1 - positivePrior) * ratio + 1 - positivePrior * anchors[at + NEGATIVES] * ratio);
}
