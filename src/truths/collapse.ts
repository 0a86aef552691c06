import { pairCount, sample } from '../data/dataset.ts';
import type { LossKind } from '../losses/registry.ts';
import { gather } from '../simulation/batch.ts';
import { settingsOf } from './configurations.ts';
import { gradient as gradientTolerance, meanLoss } from './tolerances.ts';
import { equal } from './truth.ts';
import type { Configuration, Truth } from './truth.ts';

/** How many candidates share an anchor's softmax, of `others` of which `negatives` are of another label. */
const candidates: Partial<Record<LossKind, (counts: { others: number; negatives: number }) => number>> = {
  'info-nce': ({ negatives }) => negatives + 1,
  clip: ({ negatives }) => negatives + 1,
  'n-pairs': ({ negatives }) => negatives + 1,
  'nt-xent': ({ negatives }) => negatives + 1,
  'sup-con': ({ others }) => others,
  decoupled: ({ negatives }) => negatives,
};

/** The labels of one batch, of at most 512 pairs. */
function drawn({ start, hyperparameters, step }: Configuration) {
  const pairs = Math.min(hyperparameters.batchPairs, pairCount(start.dataset), 512);
  return sample(start.dataset, pairs, start.seed, step);
}

/** Truth 1. */
export const collapsePlateau: Truth = {
  number: 1,
  name: 'Collapse plateau',
  sentence:
    'Where all embeddings coincide, nothing can be told apart: the loss is the logarithm of the number of candidates, at every temperature, and the gradient is 0.',
  source: 'algebra',
  watches: 'settings',
  applies(configuration) {
    const { loss, values } = settingsOf(configuration);
    const batch = drawn(configuration);
    const several = batch.labels.some((label) => label !== batch.labels[0]);
    return loss.kind in candidates && values.negatives !== false && (several || !loss.needsNegatives);
  },
  async evaluate(engine, cloud) {
    const { loss, values } = settingsOf(cloud);
    const { dataset, dimension } = cloud.start;
    const batch = drawn(cloud);
    const { labels } = batch;
    const point = new Float32Array(dataset.points * dimension).fill(1 / Math.sqrt(dimension));
    const evaluation = await engine.evaluate(
      cloud.hyperparameters.loss,
      gather(point, dimension, batch, loss.batch),
      { gradient: true },
    );
    const terms = loss.batch === 'paired' ? labels.length / 2 : labels.length;
    const sizes = new Map<number, number>();
    for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
    const costs = Array.from(labels, (label) => {
      const size = sizes.get(label)!;
      // Between two towers everyone meets all keys, of which one is the match.
      const counts =
        loss.batch === 'paired'
          ? { others: terms, negatives: terms - 1 }
          : { others: terms - 1, negatives: terms - size };
      // Terms are averaged over positive pairs, where each has its own.
      return {
        cost: Math.log(candidates[loss.kind]!(counts)),
        weight: loss.isolatesPositives ? size - 1 : 1,
      };
    });
    const weights = costs.reduce((sum, { weight }) => sum + weight, 0);
    const expected = costs.reduce((sum, { cost, weight }) => sum + cost * weight, 0) / weights;
    const m = loss.largestLogit(values, 1);
    const parts = Object.values(evaluation.gradient ?? {}).flatMap((part) => [...part]);
    const steepest = parts.reduce((most, value) => Math.max(most, Math.abs(value)), 0) * terms;
    return [
      equal('loss of coinciding points', evaluation.loss, expected, meanLoss(engine.backend, expected, m)),
      equal('their gradient', steepest, 0, 4 * m * gradientTolerance(m)),
    ];
  },
};
