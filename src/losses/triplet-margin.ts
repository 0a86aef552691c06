import shader from '../../shaders/losses/triplet-margin.wgsl?raw';
import { defineTripletLoss } from './loss.ts';
import { normalize } from './parameters.ts';
import { addPull, distance as euclidean, emptyPointLoss } from './point-distances.ts';
import { tripletMarginRule } from './rules/triplet-margin.ts';
import { tripletTerms } from './triplet-terms.ts';
import {
  ALL,
  COSINE,
  EUCLIDEAN,
  HARD,
  HARDEST,
  NEAREST_BEYOND,
  SEMI_HARD,
  SQUARED_EUCLIDEAN,
} from './triplet-rule.ts';

const DISTANCES = { euclidean: EUCLIDEAN, 'squared-euclidean': SQUARED_EUCLIDEAN, cosine: COSINE };

const MININGS = {
  all: ALL,
  'semi-hard': SEMI_HARD,
  'facenet-semi-hard': NEAREST_BEYOND,
  hard: HARD,
  'batch-hard': HARDEST,
};

export const tripletMargin = defineTripletLoss({
  kind: 'triplet-margin',
  name: 'Triplet margin',
  batch: 'labelled',
  anchors: 'all',
  parameters: {
    margin: {
      type: 'number',
      default: 0.2,
      minimum: -0.5,
      maximum: 2,
      scale: 'linear',
      valid: 'finite',
      description: 'How much farther than the positive the negative has to be. With soft, for mining alone.',
    },
    distance: {
      type: 'choice',
      default: 'euclidean',
      choices: ['euclidean', 'squared-euclidean', 'cosine'],
      description:
        'What is compared. cosine: 1 - the dot product, which of normalized vectors is the cosine.',
    },
    mining: {
      type: 'choice',
      default: 'all',
      choices: ['all', 'semi-hard', 'facenet-semi-hard', 'hard', 'batch-hard'],
      description:
        'Which triplets count. semi-hard: negatives farther than the positive, within the margin. facenet-semi-hard: for each positive the nearest of those farther, else the farthest. hard: negatives nearer than the positive. batch-hard: farthest positive and nearest negative.',
    },
    swap: {
      type: 'boolean',
      default: false,
      description:
        'Take the distance of negative and positive where it is smaller than that of negative and anchor.',
    },
    soft: {
      type: 'boolean',
      default: false,
      description: 'softplus in place of the hinge with its margin: no triplet is ever done.',
    },
    reduction: {
      type: 'choice',
      default: 'mean-active',
      choices: ['mean-active', 'mean'],
      description:
        'mean-active: the mean of the triplets that cost something. mean: of all that mining left.',
    },
    normalize,
  },
  documentation: {
    summary: 'An anchor should be closer to its positive than to a negative, by a margin.',
    formula: 'L = mean_(a,p,n) [d(a, p) - d(a, n) + margin]+;  soft: ln(1 + exp(d(a, p) - d(a, n)))',
    reduction:
      'Over the triplets that mining leaves: mean-active divides by those above 0, mean by all of them. batch-hard has one for each anchor that has a positive and a negative, facenet-semi-hard one for each ordered positive pair that has a negative. Mining looks at the distances before the swap.',
    reproduces:
      'TripletMarginLoss of pytorch-metric-learning with its TripletMarginMiner (all, semi-hard, hard) or BatchHardMiner; TripletSemiHardLoss of TensorFlow Addons (facenet-semi-hard, mean)',
    source:
      'Schroff et al. 2015, FaceNet: A Unified Embedding for Face Recognition and Clustering, eq. 3; Hermans et al. 2017, In Defense of the Triplet Loss, for batch-hard and soft',
    watchFor:
      'Stuck at the margin (soft: at ln 2): all points have become one, where there is no gradient. With mean-active the loss hardly falls while fewer and fewer triplets are left: watch their count.',
  },
  constants: ({ margin, distance, mining, swap, soft, reduction }) => ({
    margin,
    distance: DISTANCES[distance],
    mining: MININGS[mining],
    swap: Number(swap),
    soft: Number(soft),
    activeOnly: Number(reduction === 'mean-active'),
  }),
  largestLogit: ({ margin, distance }, similarity) =>
    Math.abs(margin) + (distance === 'euclidean' ? 2 * Math.sqrt(similarity) : 4 * similarity),
  formula: (points, values) => {
    const { soft, reduction } = values;
    const { dimension, rows, labels = new Uint32Array() } = points;
    const result = emptyPointLoss(points);
    const everyone = Array.from(labels, (_, point) => point);
    const distances = everyone.map((i) => everyone.map((j) => measure(i, j)));
    /** What pulls along u_i - u_j make of a slope in d(i, j), or along -u_j and -u_i for the dot product. */
    const pulls = everyone.map(() => new Float64Array(labels.length));

    function measure(i: number, j: number): number {
      if (values.distance === 'cosine') return 1 - product(i, j);
      const d = euclidean(points, rows, i, rows, j);
      return values.distance === 'euclidean' ? d : d * d;
    }
    function product(i: number, j: number): number {
      let sum = 0;
      for (let index = 0; index < dimension; index++) {
        sum += rows[i * dimension + index] * rows[j * dimension + index];
      }
      return sum;
    }
    const terms = new Uint32Array(labels.length);
    for (const { anchor, positive, negative, end, loss, slope } of tripletTerms(distances, labels, values)) {
      terms[anchor] += Number(soft || loss > 0 || reduction === 'mean');
      result.rowLosses[anchor] += loss;
      pulls[anchor][positive] += slope;
      pulls[end][negative] -= slope;
    }
    for (const anchor of everyone) {
      result.loss += result.rowLosses[anchor];
      result.rowLosses[anchor] /= Math.max(1, terms[anchor]);
      result.count += terms[anchor];
    }
    if (result.count === 0) return result;
    result.loss /= result.count;
    const { gradient, scale } = result.rows;
    for (const i of everyone) {
      for (const j of everyone) {
        const pull = pulls[i][j] / result.count;
        if (pull === 0) continue;
        if (values.distance === 'cosine') {
          for (const [from, to] of [
            [i, j],
            [j, i],
          ]) {
            for (let index = 0; index < dimension; index++) {
              gradient[from * dimension + index] -= pull * rows[to * dimension + index];
            }
            scale[from] += Math.abs(pull) * Math.sqrt(product(to, to));
          }
          continue;
        }
        const d = euclidean(points, rows, i, rows, j);
        if (d === 0) continue;
        addPull(
          points,
          { vectors: rows, into: result.rows, point: i },
          { vectors: rows, into: result.rows, point: j },
          values.distance === 'euclidean' ? pull / d : 2 * pull,
        );
      }
    }
    return result;
  },
  rule: tripletMarginRule,
  shader,
  plateaus: ({ margin, mining, soft, reduction }, { candidates }) => {
    // The hard negatives of a collapsed set are all of them, the semi-hard ones none.
    if (candidates < 2 || mining === 'semi-hard' || (!soft && margin <= 0 && reduction === 'mean-active')) {
      return [];
    }
    return [
      soft
        ? { name: 'collapsed: ln 2', loss: Math.LN2 }
        : { name: 'collapsed: the margin', loss: Math.max(0, margin) },
    ];
  },
});
