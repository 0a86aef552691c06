import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/create-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { packed } from '../../src/scenes/circle.ts';
import { CLASSES, crowdFields, measureCrowd } from '../../src/scenes/margins/crowd.ts';
import { EXTENT, pinned } from '../../src/scenes/margins/plane.ts';
import { normals } from '../../src/data/random.ts';
import type { Mining } from '../../src/losses/triplet-terms.ts';
import {
  measureCurve,
  measureMargins,
  numbersOf,
  stepped,
  tripleOf,
  zoneOf,
} from '../../src/scenes/margins/model.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ backend: 'cpu' });
});

const PAIR = { mode: 'pair', margin: 0.5, hinge: true } as const;
const TRIPLET = { mode: 'triplet', margin: 0.5, hinge: true } as const;
const NOWHERE = { x: 0, y: 0 };

/** The anchor in the middle, the positive at (0, 0.4), the negative to the right. */
const at = (distance: number) => tripleOf([0, 0, 0, 0.4, distance, 0]);

describe('a pair', () => {
  it('costs exactly nothing once the negative has cleared the margin, and pulls at nothing', async () => {
    const inside = await measureMargins(engine, at(0.3), PAIR);
    expect(inside.push).toBeCloseTo(0.2, 6);
    expect(inside.loss).toBeCloseTo(0.4 + 0.2, 6);
    expect(inside.gradient.negative.x).toBeCloseTo(-1, 6);
    const outside = await measureMargins(engine, at(0.51), PAIR);
    expect(outside.push).toBe(0);
    expect(outside.gradient.negative).toEqual(NOWHERE);
    expect(outside.gradient.positive.y).toBeCloseTo(1, 6);
  });

  it('pushes for ever without the hinge', async () => {
    let triple = at(0.3);
    for (let step = 0; step < 200; step++) {
      const { gradient } = await measureMargins(engine, triple, { ...PAIR, hinge: false });
      triple = stepped(triple, gradient, 0.1);
    }
    expect(triple.negative.x).toBeGreaterThan(20);
    const { push, negativeDistance } = await measureMargins(engine, triple, { ...PAIR, hinge: false });
    expect(push).toBeCloseTo(0.5 - negativeDistance, 3);
    expect(numbersOf({ ...triple, negative: { x: 1e6, y: -1e6 } }).slice(4)).toEqual([100, -100]);
  });

  it('stays finite in one place', async () => {
    for (const settings of [PAIR, TRIPLET, { ...PAIR, hinge: false }]) {
      const { loss, gradient } = await measureMargins(engine, tripleOf([0, 0, 0, 0, 0, 0]), settings);
      expect(loss).toBeCloseTo(0.5, 4);
      expect(gradient).toEqual({ anchor: NOWHERE, positive: NOWHERE, negative: NOWHERE });
    }
  });
});

describe('a triplet', () => {
  it('is hard, semi-hard and easy where FaceNet says so', async () => {
    for (const [distance, zone, loss] of [
      [0.3, 'hard', 0.6],
      [0.6, 'semi-hard', 0.3],
      [0.91, 'easy', 0],
    ] as const) {
      const measured = await measureMargins(engine, at(distance), TRIPLET);
      expect(zoneOf(measured)).toBe(zone);
      expect(measured.loss).toBeCloseTo(loss, 6);
    }
  });

  it('has the gradient of its loss, and none at all where it is easy', async () => {
    const triple = tripleOf([0.1, -0.2, -0.4, 0.3, 0.5, 0.4]);
    const { gradient, loss } = await measureMargins(engine, triple, TRIPLET);
    expect(loss).toBeGreaterThan(0);
    const step = 0.01;
    for (const role of ['anchor', 'positive', 'negative'] as const) {
      const moved = (by: number) => ({ ...triple, [role]: { ...triple[role], x: triple[role].x + by } });
      const after = await measureMargins(engine, moved(step), TRIPLET);
      const before = await measureMargins(engine, moved(-step), TRIPLET);
      expect(gradient[role].x).toBeCloseTo((after.loss - before.loss) / (2 * step), 3);
    }
    const easy = await measureMargins(engine, at(0.95), TRIPLET);
    expect(easy.gradient).toEqual({ anchor: NOWHERE, positive: NOWHERE, negative: NOWHERE });
  });
});

it('is what the triplet loss says of the triplet and its mirror image, where anchor and positive change places', async () => {
  for (const points of [
    [0.1, -0.2, -0.4, 0.3, 0.5, 0.4],
    [0, 0, 0, 0.4, 0.3, 0],
    [0, 0, 0, 0.4, 2, 0],
  ]) {
    const { anchor, positive, negative } = tripleOf(points);
    const own = await measureMargins(engine, { anchor, positive, negative }, TRIPLET);
    const mirrored = await measureMargins(engine, { anchor: positive, positive: anchor, negative }, TRIPLET);
    const { rowLosses, gradient } = await engine.evaluate(
      { kind: 'triplet-margin', margin: TRIPLET.margin, reduction: 'mean', normalize: false },
      { dimension: 2, embeddings: Float32Array.from(points), labels: Uint32Array.of(0, 0, 1) },
      { gradient: true, rowLosses: true },
    );
    expect(rowLosses![0]).toBeCloseTo(own.loss, 6);
    expect(rowLosses![1]).toBeCloseTo(mirrored.loss, 6);
    const { embeddings } = gradient as { embeddings: Float32Array };
    const sums = packed([
      sum(own.gradient.anchor, mirrored.gradient.positive),
      sum(own.gradient.positive, mirrored.gradient.anchor),
      sum(own.gradient.negative, mirrored.gradient.negative),
    ]);
    sums.forEach((value, index) => expect(embeddings[index]).toBeCloseTo(value / 2, 5));
  }
});

function sum(a: { x: number; y: number }, b: { x: number; y: number }) {
  return { x: a.x + b.x, y: a.y + b.y };
}

describe('many triplets', () => {
  const MININGS = Object.keys(crowdFields.mining.choices) as Mining[];
  const crowds = [crowdFields.crowd.default, ...[1, 2, 3, 4, 5].map((seed) => [...normals(16, seed, 7)])];

  it.each(['cpu', 'reference'] as const)('draws as active what the %s engine counts', async (backend) => {
    const own = await createEngine({ backend });
    for (const mining of MININGS) {
      for (const crowd of crowds) {
        for (const margin of [0, 0.45, 1]) {
          const { active, count, loss, gradient, triplets } = await measureCrowd(own, {
            crowd,
            mining,
            margin,
            anchor: 0,
          });
          expect(triplets).toHaveLength(96);
          expect(active).toHaveLength(count);
          const total = active.reduce((costs, triplet) => costs + triplet.loss, 0);
          expect(loss).toBeCloseTo(total / Math.max(count, 1), 5);
          // Whom no active triplet names is pulled nowhere.
          CLASSES.forEach((_, point) => {
            const isNamed = active.some(
              ({ anchor, positive, negative }) =>
                point === anchor || point === positive || point === negative,
            );
            if (!isNamed) expect(gradient[point]).toEqual(NOWHERE);
          });
        }
      }
    }
    own.dispose();
  });

  it('has one triplet per anchor where mining is batch-hard, and only hard ones where it is hard', async () => {
    const usual = { crowd: crowdFields.crowd.default, margin: 0.45, anchor: 0 };
    const batchHard = await measureCrowd(engine, { ...usual, mining: 'batch-hard' });
    expect(batchHard.active.map(({ anchor }) => anchor)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const hard = await measureCrowd(engine, { ...usual, mining: 'hard' });
    expect(hard.count).toBeGreaterThan(0);
    expect(Math.max(...hard.active.map(({ gap }) => gap))).toBeLessThanOrEqual(0);
    const semiHard = await measureCrowd(engine, { ...usual, mining: 'semi-hard' });
    const all = await measureCrowd(engine, { ...usual, mining: 'all' });
    expect(hard.count + semiHard.count).toBe(all.count);
  });

  it('stays finite where all points are one', async () => {
    for (const mining of MININGS) {
      const crowd = Array.from({ length: 16 }, () => 0);
      const { loss, count, active, gradient } = await measureCrowd(engine, {
        crowd,
        mining,
        margin: 0.5,
        anchor: 0,
      });
      expect(active).toHaveLength(count);
      expect(loss).toBeCloseTo(count > 0 ? 0.5 : 0, 6);
      for (const pull of gradient) expect(pull).toEqual(NOWHERE);
    }
  });
});

it('draws the curve of the hinge', async () => {
  const curve = await measureCurve(engine, PAIR, 0.5, [0, 0.25, 0.5, 2]);
  [0.5, 0.25, 0, 0].forEach((cost, index) => expect(curve[index]).toBeCloseTo(cost, 6));
  const straight = await measureCurve(engine, { ...PAIR, hinge: false }, 0.5, [0, 2]);
  expect(straight[1]).toBeCloseTo(-1.5, 3);
});

describe('a negative that flees', () => {
  it('is drawn where it is while the picture has room, and then in its true direction at the edge', () => {
    const anchor = { x: -0.2, y: 0.1 };
    expect(pinned(anchor, { x: 0.4, y: 0.3 })).toEqual({ x: 0.4, y: 0.3 });
    for (const place of [
      { x: 90, y: 30 },
      { x: -5, y: 40 },
      { x: -0.2, y: -70 },
    ]) {
      const { x, y } = pinned(anchor, place);
      expect(Math.abs(x)).toBeLessThan(EXTENT.x);
      expect(Math.abs(y)).toBeLessThan(EXTENT.y);
      const [drawn, own] = [
        Math.atan2(y - anchor.y, x - anchor.x),
        Math.atan2(place.y - anchor.y, place.x - anchor.x),
      ];
      expect(drawn).toBeCloseTo(own, 6);
    }
  });
});
