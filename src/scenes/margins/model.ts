import type { Engine, PairedBatch } from '../../engine/engine.ts';
import type { BooleanField, ChoiceField, NumberField } from '../../values/fields.ts';
import { packed, unpacked } from '../circle.ts';
import type { Vector } from '../circle.ts';
import type { NumbersField, SettingsOf } from '../settings.ts';
import { crowdFields } from './crowd.ts';

/** Where points may be: far enough for a push that never ends. */
const FARTHEST = 100;
/** A margin that nothing in the picture clears: the hinge is off, and how far it exceeds m is a constant of the loss. */
const OUT_OF_REACH = 512;

const mode: ChoiceField<'pair' | 'triplet' | 'triplets'> = {
  type: 'choice',
  default: 'pair',
  choices: { pair: 'pairs', triplet: 'a triplet', triplets: 'many triplets' },
  label: 'Compare',
  description: 'Each pair with a margin of its own, or the negative with the positive, once or many times.',
};
const margin: NumberField = {
  type: 'number',
  default: 0.45,
  minimum: 0,
  maximum: 1,
  scale: 'linear',
  integer: false,
  label: 'Margin m',
  description: 'How far away is far enough.',
};
const hinge: BooleanField = {
  type: 'boolean',
  default: true,
  label: 'Hinge',
  description: 'Whether a negative that is far enough is left alone.',
};
/** Anchor, positive and negative: x and y of each. */
const points: NumbersField = {
  type: 'numbers',
  default: [-0.2, 0.08, -0.6, 0.4, -0.03, 0.3],
  minimum: -FARTHEST,
  maximum: FARTHEST,
  label: 'Points',
};

export const fields = { mode, margin, hinge, points, ...crowdFields };
export type MarginsSettings = SettingsOf<typeof fields>;

export interface Triple {
  anchor: Vector;
  positive: Vector;
  negative: Vector;
}

export const ROLES = ['anchor', 'positive', 'negative'] as const;
export type Role = (typeof ROLES)[number];

export function tripleOf(numbers: readonly number[]): Triple {
  const [anchor, positive, negative] = unpacked(Float32Array.from(numbers));
  return { anchor, positive, negative };
}

/** As settings keep it, within what they take. */
export function numbersOf({ anchor, positive, negative }: Triple): number[] {
  return [anchor, positive, negative]
    .flatMap(({ x, y }) => [x, y])
    .map((value) => Math.min(Math.max(value, -FARTHEST), FARTHEST));
}

export interface Measured {
  /** d(a, p) and d(a, n). */
  positiveDistance: number;
  negativeDistance: number;
  /** How far the negative has to be from the anchor: m, or d(a, p) + m for a triplet. */
  clearance: number;
  /** The negative's own term: [clearance - d(a, n)]+, and with the hinge off without the [ ]+. */
  push: number;
  loss: number;
  gradient: Triple;
}

/**
 * Contrastive loss of the pairs (anchor, positive) and (anchor, negative), d(a, p) + [m - d(a, n)]+, or the loss of the
 * triplet, [d(a, p) - d(a, n) + m]+: the same push at the margin d(a, p) + m, which lets the positive be pulled only
 * while it is active. Raw distances in the plane.
 */
export async function measureMargins(
  engine: Engine,
  triple: Triple,
  settings: Pick<MarginsSettings, 'mode' | 'margin' | 'hinge'>,
): Promise<Measured> {
  const { anchor, positive, negative } = triple;
  const distances = await engine.similarity(
    { dimension: 2, queries: packed([anchor]), keys: packed([positive]), negatives: packed([negative]) },
    { metric: 'euclidean' },
  );
  const isTriplet = settings.mode === 'triplet';
  const clearance = isTriplet ? distances[0] + settings.margin : settings.margin;
  const excess = excessOf(settings);
  const [pull, push] = await Promise.all([
    evaluatePair(engine, anchor, positive, true, 0),
    evaluatePair(engine, anchor, negative, false, clearance + excess),
  ]);
  const cost = push.loss - excess;
  const pulls = isTriplet && cost === 0 ? 0 : 1;
  return {
    positiveDistance: distances[0],
    negativeDistance: distances[1],
    clearance,
    push: cost,
    loss: isTriplet ? cost : pull.loss + cost,
    gradient: {
      anchor: { x: push.query.x + pulls * pull.query.x, y: push.query.y + pulls * pull.query.y },
      positive: { x: pulls * pull.key.x, y: pulls * pull.key.y },
      negative: push.key,
    },
  };
}

function excessOf({ mode: compared, hinge: stops }: Pick<MarginsSettings, 'mode' | 'hinge'>): number {
  return compared === 'pair' && !stops ? OUT_OF_REACH : 0;
}

async function evaluatePair(
  engine: Engine,
  query: Vector,
  key: Vector,
  similar: boolean,
  negativeMargin: number,
): Promise<{ loss: number; query: Vector; key: Vector }> {
  const batch = pairs([query], [key], similar);
  const { loss, gradient } = await engine.evaluate(lossWith(negativeMargin), batch, { gradient: true });
  const { queries, keys } = gradient as { queries: Float32Array; keys: Float32Array };
  return { loss, query: unpacked(queries)[0], key: unpacked(keys)[0] };
}

/** The negative's term at other distances from the anchor. */
export async function measureCurve(
  engine: Engine,
  settings: Pick<MarginsSettings, 'mode' | 'hinge'>,
  clearance: number,
  distances: readonly number[],
): Promise<Float32Array> {
  const excess = excessOf(settings);
  const batch = pairs(
    distances.map(() => ({ x: 0, y: 0 })),
    distances.map((x) => ({ x, y: 0 })),
    false,
  );
  const { rowLosses } = await engine.evaluate(lossWith(clearance + excess), batch, { rowLosses: true });
  return rowLosses!.map((loss) => loss - excess);
}

function lossWith(negativeMargin: number) {
  return { kind: 'contrastive', positiveMargin: 0, negativeMargin, normalize: false } as const;
}

function pairs(queries: readonly Vector[], keys: readonly Vector[], similar: boolean): PairedBatch {
  return {
    dimension: 2,
    queries: packed(queries),
    keys: packed(keys),
    similar: new Uint8Array(queries.length).fill(Number(similar)),
  };
}

export type Zone = 'hard' | 'semi-hard' | 'easy';

/** FaceNet's names for a negative, by how it lies to the positive. */
export function zoneOf({ positiveDistance, negativeDistance, push }: Measured): Zone {
  if (push === 0) return 'easy';
  return negativeDistance > positiveDistance ? 'semi-hard' : 'hard';
}

/** One step of gradient descent. */
export function stepped(triple: Triple, gradient: Triple, rate: number): Triple {
  const move = (role: Role) => ({
    x: triple[role].x - rate * gradient[role].x,
    y: triple[role].y - rate * gradient[role].y,
  });
  return { anchor: triple.anchor, positive: move('positive'), negative: move('negative') };
}
