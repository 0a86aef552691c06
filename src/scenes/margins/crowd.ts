import type { Engine } from '../../engine/engine.ts';
import { tripletTerms } from '../../losses/triplet-terms.ts';
import type { Mining, TripletTerm } from '../../losses/triplet-terms.ts';
import type { ChoiceField, NumberField } from '../../values/fields.ts';
import { packed, unpacked } from '../circle.ts';
import type { Vector } from '../circle.ts';
import type { NumbersField, SettingsOf } from '../settings.ts';

/** The class of each point. */
export const CLASSES = [0, 0, 0, 0, 1, 1, 1, 1] as const;

const mining: ChoiceField<Mining> = {
  type: 'choice',
  default: 'all',
  choices: {
    all: 'all',
    'semi-hard': 'semi-hard',
    'facenet-semi-hard': 'FaceNet',
    hard: 'hard',
    'batch-hard': 'batch-hard',
  },
  label: 'Mining',
  description: 'Which of all triplets count.',
};
/** x and y of each. */
const crowd: NumbersField = {
  type: 'numbers',
  default: [-1, 0.5, -0.85, -0.4, -0.3, 0.1, 0.3, -0.55, 1, 0.5, 0.8, -0.25, 0.15, 0.6, -0.4, -0.7],
  minimum: -100,
  maximum: 100,
  label: 'Points',
};
const anchor: NumberField = {
  type: 'number',
  default: 2,
  minimum: 0,
  maximum: CLASSES.length - 1,
  scale: 'linear',
  integer: true,
  label: 'Anchor',
  description: 'The point whose triplets are drawn in colour.',
};

export const crowdFields = { mining, crowd, anchor };
export type CrowdSettings = SettingsOf<typeof crowdFields> & { margin: number };

/** A triplet, and how much farther the negative is than the positive: d(a, n) - d(a, p). */
export interface Triplet extends TripletTerm {
  gap: number;
}

export interface MeasuredCrowd {
  /** Mean over the active triplets. */
  loss: number;
  /** How many triplets are active, counted by the engine. */
  count: number;
  gradient: Vector[];
  /** Every triplet that there is, mined or not. */
  triplets: Triplet[];
  /** Those that mining leaves and that cost something. */
  active: Triplet[];
}

/** The triplet loss of all points, with raw distances in the plane. */
export async function measureCrowd(
  engine: Engine,
  { crowd: numbers, mining: mines, margin }: CrowdSettings,
): Promise<MeasuredCrowd> {
  const batch = {
    dimension: 2,
    embeddings: Float32Array.from(numbers),
    labels: Uint32Array.from(CLASSES),
  };
  const [{ loss, count, gradient }, matrix] = await Promise.all([
    engine.evaluate({ kind: 'triplet-margin', margin, mining: mines, normalize: false }, batch, {
      gradient: true,
    }),
    engine.similarity(batch, { metric: 'euclidean' }),
  ]);
  const distances = CLASSES.map((_, row) =>
    matrix.subarray(row * CLASSES.length, (row + 1) * CLASSES.length),
  );
  const minedBy = (which: Mining) =>
    [...tripletTerms(distances, CLASSES, { margin, mining: which, swap: false, soft: false })].map(
      (term) => ({
        ...term,
        gap: distances[term.anchor][term.negative] - distances[term.anchor][term.positive],
      }),
    );
  return {
    loss,
    count,
    gradient: unpacked((gradient as { embeddings: Float32Array }).embeddings),
    triplets: minedBy('all'),
    active: minedBy(mines).filter((triplet) => triplet.loss > 0),
  };
}

/** The points, as settings keep them. */
export function crowdOf(points: readonly Vector[]): number[] {
  return [...packed(points)].map((value) => Math.min(Math.max(value, crowd.minimum), crowd.maximum));
}
