import { describe, expect, it } from 'vitest';
import { pairCount } from '../../src/data/dataset.ts';
import { parseField } from '../../src/values/fields.ts';
import { complaint } from '../../src/ui/hash.ts';
import { presets, presetState } from '../../src/ui/presets.ts';
import {
  batchPairsOf,
  encounterOf,
  datasetOf,
  hyperparametersOf,
  shapeOf,
  startOf,
} from '../../src/ui/run-settings.ts';
import { defaults, fieldNames, fieldOf, lossOf } from '../../src/ui/state.ts';

describe.each(presets)('the preset $name', (preset) => {
  const state = presetState(preset);

  it('sets only what its fields accept', () => {
    for (const name of fieldNames) expect(parseField(fieldOf(name), String(state[name]))).toBe(state[name]);
  });

  it('sets only parameters that its loss has, to values that it accepts', () => {
    for (const [name, value] of Object.entries(state.parameters)) {
      expect(lossOf(state).parameters).toHaveProperty(name);
      expect(complaint(state.loss, name, value)).toBeUndefined();
      expect(value).not.toBe(lossOf(state).parameters[name].default);
    }
  });

  it('has something to learn from, and says what to watch in a sentence', () => {
    expect(batchPairsOf(state)).toBeGreaterThan(1);
    expect(preset.watch).toMatch(/^[A-Z].*[.?)]$/);
  });

  it('keeps what belongs to the view', () => {
    const view = {
      engine: 'cpu',
      kernels: 'blocked',
      links: false,
      theme: 'dark',
      notebook: 'truths',
    } as const;
    expect(presetState(preset, view)).toMatchObject(view);
  });
});

describe('what a run is given', () => {
  const state = presetState(presets[0]);

  it('is a batch of at most all pairs', () => {
    expect(hyperparametersOf({ ...state, points: 24 }).batchPairs).toBe(12);
    expect(hyperparametersOf({ ...state, points: 24, pairs: 5 }).batchPairs).toBe(5);
  });

  it('is never a class without a pair', () => {
    const cramped = { ...state, data: 'classes', points: 4, classes: 64 } as const;
    expect(startOf(cramped).dataset.classes).toBe(2);
    expect(pairCount(datasetOf(cramped))).toBeGreaterThan(0);
  });

  it('counts what one anchor meets as the losses do', () => {
    const classes = { ...state, data: 'classes', classes: 4, points: 32 } as const;
    const met = (points: typeof state) => {
      const { candidates, positives } = encounterOf(points);
      return [candidates, positives];
    };
    expect(met({ ...state, points: 32 })).toEqual([31, 1]);
    expect(met({ ...state, points: 32, loss: 'info-nce' })).toEqual([16, 1]);
    expect(met({ ...classes, loss: 'sup-con' })).toEqual([31, 7]);
    expect(met({ ...classes, loss: 'nt-xent' })).toEqual([1 + 24, 7]);
  });

  it('links the positives, and colours them alike', () => {
    const pairs = shapeOf(startOf({ ...state, points: 6 }));
    expect([...pairs.links]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(pairs.hues[2]).toBe(pairs.hues[3]);
    expect(pairs.hues[1]).not.toBe(pairs.hues[2]);
    expect([...shapeOf(startOf({ ...state, data: 'ring', points: 4 })).links]).toEqual([
      0, 1, 1, 2, 2, 3, 3, 0,
    ]);
    const many = [...shapeOf(startOf({ ...state, points: 4096 })).links];
    expect(many.length).toBe(2 * 256);
    expect(many.slice(0, 4)).toEqual([0, 1, 16, 17]);
    expect(shapeOf(startOf({ ...state, dimension: 2 })).displayDimension).toBe(2);
    expect(shapeOf(startOf({ ...state, dimension: 512 })).displayDimension).toBe(3);
    expect(defaults.dimension).toBe(3);
  });
});
