import type { Engine } from '../../engine/engine.ts';
import type { BooleanField, NumberField } from '../../values/fields.ts';
import { onCircle, packed, unpacked } from '../circle.ts';
import type { Degrees, Vector } from '../circle.ts';
import type { NumbersField, SettingsOf } from '../settings.ts';

const temperature: NumberField = {
  type: 'number',
  default: 0.2,
  minimum: 0.01,
  maximum: 10,
  scale: 'logarithmic',
  integer: false,
  label: 'Temperature',
  description: 'What similarities are divided by before the softmax. Small: only the best key counts.',
};
const seed: NumberField = {
  type: 'number',
  default: 1,
  minimum: 0,
  maximum: 99_999,
  scale: 'linear',
  integer: true,
  label: 'Game',
  description: 'The same number deals the same ten rounds.',
};
const playing: BooleanField = {
  type: 'boolean',
  default: false,
  label: 'Playing',
  description: 'Whether the game is open.',
};
const query: NumberField = {
  type: 'number',
  default: 90,
  minimum: -180,
  maximum: 180,
  scale: 'linear',
  integer: false,
  label: 'Query',
  description: 'Where the query lies on the circle, in degrees.',
};
/** The first key is the query's positive; the second is nearly as close, and decides at low temperatures. */
const keys: NumbersField = {
  type: 'numbers',
  default: [58, 125, 171, -20, -75, -128],
  minimum: -180,
  maximum: 180,
  label: 'Keys',
};

export const fields = { temperature, query, keys, seed, playing };
export type LineUpSettings = SettingsOf<typeof fields>;

/** One query before its keys, measured by an engine. Arrays hold one entry per key, the positive first. */
export interface LineUp {
  /** Cosines. */
  similarities: Float32Array;
  /** softmax(similarities / temperature). */
  probabilities: Float32Array;
  /** -log of the positive's probability, in nats. */
  loss: number;
  /** In nats. */
  entropy: number;
  /** exp(entropy of the softmax over the negatives alone): how many of them share in the push. */
  effectiveNegatives: number;
  /** dLoss/dSimilarity summed over the negatives, which is what pulls the positive, too: (1 - its probability) / temperature. */
  push: number;
  /** dLoss/dPoint on the circle. */
  queryGradient: Vector;
  keyGradients: Vector[];
}

/**
 * InfoNCE of one query at `query` against keys, of which the first is its positive and the others are the negatives.
 */
export async function measureLineUp(
  engine: Engine,
  {
    temperature: tau,
    query: angle,
    keys: angles,
  }: { temperature: number; query: Degrees; keys: readonly Degrees[] },
): Promise<LineUp> {
  const [positive, ...negatives] = angles.map(onCircle);
  const batch = {
    dimension: 2,
    queries: packed([onCircle(angle)]),
    keys: packed([positive]),
    negatives: packed(negatives),
  };
  const [evaluation, similarities] = await Promise.all([
    engine.evaluate({ kind: 'info-nce', temperature: tau }, batch, { gradient: true }),
    engine.similarity(batch),
  ]);
  const [probabilities, shares] = await Promise.all([
    engine.softmax(similarities, { rows: 1, columns: angles.length }, tau),
    engine.softmax(similarities.slice(1), { rows: 1, columns: negatives.length }, tau),
  ]);
  const gradient = evaluation.gradient as {
    queries: Float32Array;
    keys: Float32Array;
    negatives: Float32Array;
  };
  return {
    similarities,
    probabilities,
    loss: evaluation.loss,
    entropy: entropyOf(probabilities),
    effectiveNegatives: Math.exp(entropyOf(shares)),
    push: probabilities.subarray(1).reduce((sum, p) => sum + p, 0) / tau,
    queryGradient: unpacked(gradient.queries)[0],
    keyGradients: [...unpacked(gradient.keys), ...unpacked(gradient.negatives)],
  };
}

/** In nats; what has no probability adds nothing. */
function entropyOf(probabilities: Float32Array): number {
  return probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
}
