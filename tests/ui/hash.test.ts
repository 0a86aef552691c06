import { describe, expect, it } from 'vitest';
import { losses } from '../../src/losses/registry.ts';
import type { AnyField } from '../../src/values/fields.ts';
import { formatHash, parseHash } from '../../src/ui/hash.ts';
import { presets, presetState } from '../../src/ui/presets.ts';
import {
  defaults,
  fieldNames,
  fieldOf,
  startFields,
  startsNewRun,
  withParameter,
} from '../../src/ui/state.ts';
import type { State } from '../../src/ui/state.ts';

const first = presetState(presets[0]);

/** Values at a field's ends, and something awkward in between. */
function extremes(field: AnyField): (string | number | boolean)[] {
  switch (field.type) {
    case 'boolean':
      return [true, false];
    case 'choice':
      return Object.keys(field.choices);
    case 'number':
      return [field.minimum, field.maximum, field.integer ? Math.min(37, field.maximum) : 0.1 + 0.2];
  }
}

function roundTrip(state: State): void {
  expect(parseHash(formatHash(state))).toEqual({ state, problems: [] });
}

describe('a state and its link', () => {
  it('is empty for the first state, and short for others', () => {
    expect(formatHash(first)).toBe('');
    expect(parseHash('')).toEqual({ state: first, problems: [] });
    expect(formatHash({ ...first, points: 512 })).toBe('points=512');
  });

  it.each(fieldNames)('carries every value of %s, from every preset', (name) => {
    for (const preset of presets) {
      for (const value of extremes(fieldOf(name))) {
        const state = { ...presetState(preset), [name]: value };
        roundTrip(name === 'loss' ? { ...state, parameters: {} } : state);
      }
    }
  });

  it.each(losses.map((loss) => [loss.kind, loss] as const))('carries every parameter of %s', (kind, loss) => {
    for (const [name, parameter] of Object.entries(loss.parameters)) {
      const values =
        parameter.type === 'boolean'
          ? [true, false]
          : parameter.type === 'choice'
            ? parameter.choices
            : [parameter.minimum, parameter.maximum, 1 / 3];
      for (const preset of presets) {
        for (const value of values) {
          const state = { ...presetState(preset), loss: kind, parameters: {} };
          roundTrip({ ...state, parameters: withParameter(state, name, value) });
        }
      }
    }
  });

  it('writes a preset’s parameter that was set back to the default of the loss', () => {
    const collapse = presetState(presets.find(({ key }) => key === 'collapse')!);
    roundTrip({ ...collapse, parameters: {} });
    expect(formatHash({ ...collapse, parameters: {} })).toContain('negatives=true');
  });
});

describe('a link that says something wrong', () => {
  it.each([
    ['points=abc', 'points'],
    ['points=1', 'points'],
    ['points=65537', 'points'],
    ['points=12.5', 'points'],
    ['points=', 'points'],
    ['rate=NaN', 'rate'],
    ['rate=-1', 'rate'],
    ['rate=Infinity', 'rate'],
    ['data=toString', 'data'],
    ['engine=cuda', 'engine'],
    ['links=yes', 'links'],
    ['seed=-1', 'seed'],
    ['temperature=0', 'temperature'],
    ['temperature=warm', 'temperature'],
    ['negatives=1', 'negatives'],
    ['margin=1', 'margin'],
    ['__proto__=1', '__proto__'],
    ['constructor=1', 'constructor'],
    ['preset=nonsense', 'nonsense'],
  ])('%s leaves the state alone and gets one sentence', (hash, culprit) => {
    const { state, problems } = parseHash(`#${hash}`);
    expect(state).toEqual(first);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(culprit);
  });

  it('still takes what it says rightly', () => {
    const { state, problems } = parseHash('#preset=classes&dimension=2&points=-3&temperature=0.3');
    expect(state).toMatchObject({ preset: 'classes', dimension: 2, parameters: { temperature: 0.3 } });
    expect(problems).toHaveLength(1);
  });
});

describe('what starts a new run', () => {
  it.each(fieldNames)('%s, only if it fixes the start', (name) => {
    const other = extremes(fieldOf(name)).find((value) => value !== defaults[name])!;
    expect(startsNewRun(first, { ...first, [name]: other })).toBe(name in startFields);
  });

  it('not a parameter of the loss', () => {
    expect(startsNewRun(first, { ...first, parameters: { temperature: 0.1 } })).toBe(false);
  });
});
