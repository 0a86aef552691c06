import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/create-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
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

it('draws the curve of the hinge', async () => {
  const curve = await measureCurve(engine, PAIR, 0.5, [0, 0.25, 0.5, 2]);
  [0.5, 0.25, 0, 0].forEach((cost, index) => expect(curve[index]).toBeCloseTo(cost, 6));
  const straight = await measureCurve(engine, { ...PAIR, hinge: false }, 0.5, [0, 2]);
  expect(straight[1]).toBeCloseTo(-1.5, 3);
});
