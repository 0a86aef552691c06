import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/create-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { CONFIDENCES, deal, KEYS, pickLoss, ROUNDS } from '../../src/scenes/line-up/game.ts';
import { fields, measureLineUp } from '../../src/scenes/line-up/model.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ backend: 'reference' });
});

const { query, keys } = { query: fields.query.default, keys: fields.keys.default };

describe('the line-up', () => {
  it('measures what it draws: probabilities that sum to 1, and -log of the first as the loss', async () => {
    for (const temperature of [0.2, 1, 10]) {
      const { probabilities, loss, entropy } = await measureLineUp(engine, { temperature, query, keys });
      expect(probabilities.reduce((sum, p) => sum + p)).toBeCloseTo(1, 6);
      expect(loss).toBeCloseTo(-Math.log(probabilities[0]), 5);
      expect(entropy).toBeLessThanOrEqual(Math.log(keys.length));
    }
  });

  it('holds one key at the lowest temperature, and all alike at the highest', async () => {
    const brittle = await measureLineUp(engine, { temperature: 0.01, query, keys });
    expect(brittle.probabilities[0]).toBeGreaterThan(0.9);
    expect(brittle.effectiveNegatives).toBeCloseTo(1, 3);
    // A key that is nearer than the positive is the answer then; one that is far leaves nothing to push.
    const flipped = await measureLineUp(engine, { temperature: 0.01, query, keys: keys.with(1, query + 20) });
    expect(flipped.probabilities[1]).toBeGreaterThan(0.99);
    const cleared = await measureLineUp(engine, { temperature: 0.01, query, keys: keys.with(1, 180) });
    expect(cleared.push).toBeLessThan(1e-6);
    const flat = await measureLineUp(engine, { temperature: 10, query, keys });
    expect(flat.effectiveNegatives).toBeGreaterThan(4.9);
  });

  it('stays finite when everything lies on one point', async () => {
    for (const temperature of [0.01, 10]) {
      const all = await measureLineUp(engine, { temperature, query: 30, keys: keys.map(() => 30) });
      expect(all.loss).toBeCloseTo(Math.log(keys.length), 4);
      for (const { x, y } of [all.queryGradient, ...all.keyGradients])
        expect(Math.hypot(x, y)).toBeLessThan(1e-4);
    }
  });

  it('pulls the positive as hard as it pushes all negatives together', async () => {
    const temperature = 0.2;
    const { probabilities, keyGradients, push } = await measureLineUp(engine, { temperature, query, keys });
    // Along the circle dLoss/dAngle of a key is its share over the temperature times the sine of the angle between.
    const pull = (key: number) => {
      const between = Math.sin(((keys[key] - query) * Math.PI) / 180);
      return Math.hypot(keyGradients[key].x, keyGradients[key].y) / Math.abs(between);
    };
    const pushes = keys.slice(1).reduce((sum, _, negative) => sum + pull(negative + 1), 0);
    expect(pull(0)).toBeCloseTo((1 - probabilities[0]) / temperature, 5);
    expect(pushes).toBeCloseTo(pull(0), 5);
    expect(push).toBeCloseTo(pushes, 5);
  });
});

describe('the game', () => {
  it('deals the same rounds for the same number, and hides the positive anywhere', () => {
    expect(deal(7, 3)).toEqual(deal(7, 3));
    expect(deal(7, 3)).not.toEqual(deal(8, 3));
    const places = new Set(Array.from({ length: 60 }, (_, round) => deal(1, round).positive));
    expect(places.size).toBe(KEYS);
  });

  it('is played best by the softmax at the temperature of its noise', async () => {
    const rounds = Array.from({ length: 300 }, (_, round) => deal(5, round));
    const mean = async (temperature: number) => {
      let sum = 0;
      for (const round of rounds) {
        const others = round.keys.filter((_, key) => key !== round.positive);
        const lineUp = { temperature, query: round.query, keys: [round.keys[round.positive], ...others] };
        sum += (await measureLineUp(engine, lineUp)).loss;
      }
      return sum / rounds.length;
    };
    const best = await mean(0.2);
    for (const other of [0.02, 0.08, 0.8, 5]) expect(await mean(other)).toBeGreaterThan(best);
  });

  it('punishes being sure and wrong', () => {
    expect(ROUNDS).toBe(10);
    expect(pickLoss(true, 0.7)).toBeCloseTo(0.3567, 4);
    expect(pickLoss(false, 0.99)).toBeGreaterThan(6);
    const losses = CONFIDENCES.map(({ probability }) => pickLoss(true, probability));
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
  });
});
