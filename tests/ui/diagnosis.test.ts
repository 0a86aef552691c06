import { describe, expect, test } from 'vitest';
import { losses } from '../../src/losses/registry.ts';
import type { Statistics } from '../../src/simulation/settings.ts';
import { Diagnosis, plateausOf } from '../../src/ui/diagnosis.ts';
import { presets, presetState } from '../../src/ui/presets.ts';
import type { State } from '../../src/ui/state.ts';

const state: State = { ...presetState(presets[0]), points: 32, parameters: { temperature: 0.5 } };
const healthy: Statistics = {
  step: 1,
  loss: 2,
  count: 32,
  gradientNorm: 1,
  alignment: 1,
  uniformity: -1.5,
  radius: 1,
};

/** What is said of a run that shows the same for a while. */
function said(settings: Partial<State>, statistics: Partial<Statistics>): string | undefined {
  const diagnosis = new Diagnosis();
  const at = (step: number) =>
    diagnosis.read({ ...state, ...settings }, { ...healthy, ...statistics, step })?.sentence;
  at(1);
  return at(500);
}

test('nothing of a run that gets on', () => expect(said({}, {})).toBeUndefined());

describe('a loss that rests at ln(2B - 1)', () => {
  const loss = Math.log(31);
  test('collapsed', () => expect(said({}, { loss, uniformity: 0 })).toMatch(/ln 31.*All points coincide/));
  test('indifferent', () => expect(said({}, { loss })).toMatch(/ln 31.*spread, but no candidate/));
});

test('nothing pushes: -1 / temperature', () => {
  const parameters = { temperature: 0.5, negatives: false };
  expect(said({ parameters }, { loss: -2, alignment: 0 })).toMatch(/Nothing pushes apart/);
});

test('nothing to learn from, which is not a margin that is kept', () => {
  expect(said({}, { loss: 0, count: 0 })).toMatch(/nothing to learn from/);
  const contrastive = { loss: 'contrastive', parameters: {} } as const;
  expect(said(contrastive, { loss: 0, count: 0 })).toMatch(/keeps its margin/);
});

describe('a loss of 0 without a negative', () => {
  const oneClass = { data: 'classes', classes: 1, parameters: {} } as const;
  test.each(['nt-xent', 'debiased', 'triplet-margin', 'circle'] as const)('one class under %s', (loss) => {
    expect(said({ ...oneClass, loss }, { loss: 0 })).toMatch(/no anchor of this batch has a negative/);
    expect(said({ ...oneClass, loss, classes: 2 }, { loss: 0 }) ?? '').not.toMatch(/has a negative/);
  });
  test('one pair', () => {
    expect(said({ points: 2, parameters: {} }, { loss: 0 })).toMatch(/has a negative/);
    expect(said({ points: 2, loss: 'info-nce', parameters: {} }, { loss: 0 })).toMatch(/has a negative/);
  });
});

test.each(losses.map(({ kind }) => kind))(
  'every plateau of %s is a number, however small the batch',
  (loss) => {
    for (const classes of [1, 16]) {
      for (const [points, pairs] of [
        [2, 2],
        [32, 2],
        [32, 16],
      ]) {
        const settings: State = { ...state, data: 'classes', classes, points, pairs, loss, parameters: {} };
        for (const { loss: value } of plateausOf(settings)) expect(value).toSatisfy(Number.isFinite);
      }
    }
  },
);

test('a loss of almost 0 whose partners are apart', () => {
  const parameters = { temperature: 0.01 };
  expect(said({ parameters }, { loss: 1e-4, alignment: 0.3 })).toMatch(/partners have not met.*0.01/);
  expect(said({ parameters }, { loss: 1e-4, alignment: 0.001 })).toBeUndefined();
});
