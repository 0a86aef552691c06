import shader from '../../shaders/losses/align-uniform.wgsl?raw';
import { defineDistanceLoss } from './loss.ts';
import { logSumExp } from './pair-matrix.ts';
import { normalize } from './parameters.ts';
import { addPull, distance, emptyPointLoss } from './point-distances.ts';
import { alignUniformRule } from './rules/align-uniform.ts';

export const alignUniform = defineDistanceLoss({
  kind: 'align-uniform',
  name: 'Alignment + uniformity',
  batch: 'paired',
  anchors: 'both',
  spreads: true,
  meetsOwnTower: true,
  parameters: {
    alpha: {
      type: 'number',
      default: 2,
      minimum: 1,
      maximum: 4,
      scale: 'linear',
      valid: 'positive',
      description: 'The power of the distance between positives: how much the farthest of them count.',
    },
    t: {
      type: 'number',
      default: 2,
      minimum: 0.5,
      maximum: 10,
      scale: 'logarithmic',
      valid: 'positive',
      description: 'How quickly repulsion fades with distance. High: only near neighbours repel.',
    },
    weight: {
      type: 'number',
      default: 1,
      minimum: 0,
      maximum: 5,
      scale: 'linear',
      valid: 'not negative',
      description: 'How much uniformity counts beside alignment. At 0 nothing pushes apart.',
    },
    normalize,
  },
  documentation: {
    summary:
      'The two things that contrastive learning does, said outright: positives together, all evenly spread.',
    formula:
      'L = mean_i |x_i - y_i|^alpha + weight (U(x) + U(y)) / 2,  U(x) = ln mean_(i<j) exp(-t |x_i - x_j|^2)',
    reduction:
      'The mean over the positive pairs, plus the logarithm of a mean over all pairs of one tower. A point is never its own pair; a single pair has no uniformity.',
    reproduces: 'align_loss and uniform_loss of Wang and Isola; HypersphereLoss of lightly with t = 1',
    source:
      'Wang and Isola 2020, Understanding Contrastive Representation Learning through Alignment and Uniformity on the Hypersphere, section 4.2',
    watchFor:
      'Below 0 is normal: at t = 2 an even spread reaches -1.575 on the circle, -2.080 on the sphere, and close to -4 in many dimensions.',
  },
  constants: ({ alpha, t, weight }) => ({ alpha, t, weight }),
  largestLogit: ({ alpha, t, weight }, similarity) =>
    Math.max((4 * similarity) ** (alpha / 2), Math.max(1, weight) * t * 4 * similarity),
  formula: (points, { alpha, t, weight }) => {
    const result = emptyPointLoss(points);
    const count = result.rowLosses.length;
    const towers = [
      { vectors: points.rows, into: result.rows },
      { vectors: points.columns, into: result.columns },
    ];
    const [queries, keys] = towers;

    result.count = count;
    for (let pair = 0; pair < count; pair++) {
      const d = distance(points, queries.vectors, pair, keys.vectors, pair);
      result.loss += d ** alpha / count;
      result.rowLosses[pair] = d ** alpha;
      if (d === 0) continue;
      const pull = (alpha * d ** (alpha - 2)) / count;
      addPull(points, { ...queries, point: pair }, { ...keys, point: pair }, pull);
    }
    for (const tower of towers) {
      const logit = (i: number, j: number) => -t * distance(points, tower.vectors, i, tower.vectors, j) ** 2;
      const rowLogits = Array.from({ length: count }, (_, i) =>
        Array.from({ length: count }, (__, j) => logit(i, j)).filter((___, j) => j !== i),
      );
      const logits = rowLogits.flat();
      result.loss += (weight / 2) * logMean(logits);
      const total = logSumExp(logits);
      for (let i = 0; i < count; i++) {
        result.rowLosses[i] += (weight / 2) * logMean(rowLogits[i]);
        for (let j = 0; j < count; j++) {
          if (i === j) continue;
          const pull = (weight / 2) * Math.exp(logit(i, j) - total) * -2 * t;
          addPull(points, { ...tower, point: i }, { ...tower, point: j }, pull);
        }
      }
    }
    return result;
  },
  rule: alignUniformRule,
  shader,
  plateaus: () => [{ name: 'collapsed: alignment and uniformity are both 0', loss: 0 }],
});

/** log(mean(exp(logits))); of nothing, 0. */
function logMean(logits: readonly number[]): number {
  return logits.length > 0 ? logSumExp(logits) - Math.log(logits.length) : 0;
}
