import type { Engine, PairedBatch } from '../../engine/engine.ts';
import type { BooleanField, ChoiceField, NumberField } from '../../values/fields.ts';
import { packed, unpacked } from '../circle.ts';
import type { Degrees, Vector } from '../circle.ts';
import type { NumbersField, SettingsOf } from '../settings.ts';
import { ALL_TIES, areTied, pairsOf, PICTURES, TWO_VIEWS } from './ties.ts';
import type { Ties } from './ties.ts';

export const TEMPERATURE = 0.3;

/** Pictures closer than this along the circle are one blob. */
const BLOB: Degrees = 10;

const places: NumbersField = {
  type: 'numbers',
  default: [100, 20, 150, -60, -150, 60, -100, -20],
  minimum: -180,
  maximum: 180,
  label: 'Places',
};
const negatives: BooleanField = {
  type: 'boolean',
  default: true,
  label: 'Negatives',
  description: 'Whether pictures that are not tied push each other away.',
};
const learner: ChoiceField<'free' | 'encoder'> = {
  type: 'choice',
  default: 'free',
  choices: { free: 'each for itself', encoder: 'one shared encoder' },
  label: 'What moves',
  description:
    'Each picture as its own point, or all through the weights of one network that sees their pixels.',
};
const ties: NumberField = {
  type: 'number',
  default: TWO_VIEWS,
  minimum: 0,
  maximum: ALL_TIES,
  scale: 'linear',
  integer: true,
  label: 'Ties',
  description: 'Which pictures are positives of each other.',
};
const views: NumberField = {
  type: 'number',
  default: 0,
  minimum: 0,
  maximum: 99_999,
  scale: 'linear',
  integer: true,
  label: 'Views',
  description: 'How often the anchor was augmented.',
};

const anchor: NumberField = {
  type: 'number',
  default: 0,
  minimum: 0,
  maximum: PICTURES - 1,
  scale: 'linear',
  integer: true,
  label: 'Anchor',
  description: 'The picture that the others are seen from.',
};

export const fields = { anchor, places, negatives, learner, ties, views };
export type PicturesSettings = SettingsOf<typeof fields>;

export interface Measured {
  /** Mean over the positives of all pictures, in nats; 0 where nothing is tied. */
  loss: number;
  /** dLoss/dEmbedding of each picture. */
  gradient: Vector[];
}

/**
 * InfoNCE over the positive graph: for every picture and every picture it is tied to, softplus(log-sum-exp over those
 * it is not tied to - its positive), or without negatives -positive; cosines over the temperature. Mean over these.
 */
export async function measurePictures(
  engine: Engine,
  embeddings: readonly Vector[],
  { ties: graph, negatives: repel }: { ties: Ties; negatives: boolean },
): Promise<Measured> {
  const gradient = embeddings.map(() => ({ x: 0, y: 0 }));
  const groups = groupsOf(graph, repel);
  const total = groups.reduce((sum, { terms }) => sum + terms.length, 0);
  const results = await Promise.all(
    groups.map(({ terms, strangers }) => {
      const batch: PairedBatch = {
        dimension: 2,
        queries: packedOf(
          embeddings,
          terms.map(({ query }) => query),
        ),
        keys: packedOf(
          embeddings,
          terms.map(({ key }) => key),
        ),
        ...(strangers.length > 0 && { negatives: packedOf(embeddings, strangers) }),
      };
      // Nobody to be told apart from: the keys of the others in the group must not be taken for strangers.
      const pushes = repel && strangers.length > 0;
      return engine.evaluate({ kind: 'info-nce', temperature: TEMPERATURE, negatives: pushes }, batch, {
        gradient: true,
      });
    }),
  );
  let loss = 0;
  groups.forEach(({ terms, strangers }, index) => {
    const weight = terms.length / total;
    loss += weight * results[index].loss;
    const pulls = results[index].gradient as {
      queries: Float32Array;
      keys: Float32Array;
      negatives?: Float32Array;
    };
    const members = [...terms.map(({ query }) => query), ...terms.map(({ key }) => key), ...strangers];
    const vectors = [pulls.queries, pulls.keys, pulls.negatives ?? new Float32Array()].flatMap(unpacked);
    vectors.forEach(({ x, y }, member) => {
      const sum = gradient[members[member]];
      sum.x += weight * x;
      sum.y += weight * y;
    });
  });
  return { loss, gradient };
}

function packedOf(embeddings: readonly Vector[], pictures: readonly number[]): Float32Array {
  return packed(pictures.map((picture) => embeddings[picture]));
}

interface Group {
  terms: { query: number; key: number }[];
  strangers: number[];
}

/** Terms that push the same pictures away go to the engine together. */
function groupsOf(graph: Ties, repel: boolean): Group[] {
  const groups = new Map<string, Group>();
  const terms = pairsOf(graph).flatMap(([a, b]) => [
    { query: a, key: b },
    { query: b, key: a },
  ]);
  for (const term of terms) {
    const strangers = repel ? strangersOf(graph, term.query) : [];
    const name = strangers.join();
    const group = groups.get(name) ?? { terms: [], strangers };
    group.terms.push(term);
    groups.set(name, group);
  }
  return [...groups.values()];
}

function strangersOf(graph: Ties, picture: number): number[] {
  return Array.from({ length: PICTURES }, (_, other) => other).filter(
    (other) => other !== picture && !areTied(graph, picture, other),
  );
}

/** How many blobs pictures form on the circle: runs of neighbours without a gap. */
export function countBlobs(angles: readonly Degrees[]): number {
  const sorted = angles.toSorted((a, b) => a - b);
  const gaps = sorted.filter((angle, index) => {
    const next = index + 1 < sorted.length ? sorted[index + 1] : sorted[0] + 360;
    return next - angle > BLOB;
  });
  return Math.max(gaps.length, 1);
}
