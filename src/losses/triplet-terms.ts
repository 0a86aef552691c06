import { sigmoid, softplus } from './pair-matrix.ts';

/** Which of all triplets count. What each means stands with the loss, in triplet-margin.ts. */
export type Mining = 'all' | 'semi-hard' | 'facenet-semi-hard' | 'hard' | 'batch-hard';

/** A triplet that mining leaves: indices of points, and what it costs. */
export interface TripletTerm {
  anchor: number;
  positive: number;
  negative: number;
  /** From where the negative is measured: the anchor, or after a swap the positive. */
  end: number;
  loss: number;
  /** dLoss/d(d(anchor, positive) - d(end, negative)). */
  slope: number;
}

/**
 * The terms of the triplet loss, anchor by anchor, in float64: what mining leaves, whether it costs something or not.
 * @param distances of every point to every point.
 */
export function* tripletTerms(
  distances: readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
  { margin, mining, swap, soft }: { margin: number; mining: Mining; swap: boolean; soft: boolean },
): Generator<TripletTerm> {
  const everyone = Array.from(labels, (_, point) => point);

  /** The first of the candidates that is closer, or farther, than all others. */
  const nearest = (anchor: number, candidates: number[]) =>
    candidates.reduce((best, j) => (distances[anchor][j] < distances[anchor][best] ? j : best));
  const farthest = (anchor: number, candidates: number[]) =>
    candidates.reduce((best, j) => (distances[anchor][j] > distances[anchor][best] ? j : best));

  /** The negatives that one anchor meets with one of its positives. */
  const mined = (anchor: number, positive: number, positives: number[], negatives: number[]) => {
    const gap = (negative: number) => distances[anchor][negative] - distances[anchor][positive];
    switch (mining) {
      case 'all':
        return negatives;
      case 'semi-hard':
        return negatives.filter((negative) => gap(negative) > 0 && gap(negative) <= margin);
      case 'hard':
        return negatives.filter((negative) => gap(negative) <= 0);
      case 'facenet-semi-hard': {
        const beyond = negatives.filter((negative) => gap(negative) > 0);
        return [beyond.length > 0 ? nearest(anchor, beyond) : farthest(anchor, negatives)];
      }
      case 'batch-hard':
        return positive === farthest(anchor, positives) ? [nearest(anchor, negatives)] : [];
    }
  };

  for (const anchor of everyone) {
    const positives = everyone.filter((j) => j !== anchor && labels[j] === labels[anchor]);
    const negatives = everyone.filter((j) => labels[j] !== labels[anchor]);
    if (positives.length === 0 || negatives.length === 0) continue;
    for (const positive of positives) {
      for (const negative of mined(anchor, positive, positives, negatives)) {
        const swaps = swap && distances[positive][negative] < distances[anchor][negative];
        const end = swaps ? positive : anchor;
        const lead = distances[anchor][positive] - distances[end][negative];
        const loss = soft ? softplus(lead) : Math.max(0, lead + margin);
        const slope = soft ? sigmoid(lead) : Number(loss > 0);
        yield { anchor, positive, negative, end, loss, slope };
      }
    }
  }
}
