import { describe, expect, it } from 'vitest';
import { isOn, toggled, watchOf } from '../../src/ui/experiments.ts';
import { formatHash } from '../../src/ui/hash.ts';
import { findPreset, presets, presetState } from '../../src/ui/presets.ts';

describe.each(presets)('the experiments of $name', (preset) => {
  const start = presetState(preset);

  it.each(preset.experiments)('$name can be put on and taken back', (experiment) => {
    expect(isOn(start, experiment)).toBe(false);
    const on = toggled(start, experiment);
    expect(isOn(on, experiment)).toBe(true);
    expect(formatHash(on)).not.toBe(formatHash(start));
    expect(toggled(on, experiment)).toEqual(start);
  });
});

it('keeps what a person has changed besides', () => {
  const preset = findPreset('low-temperature')!;
  const changed = { ...presetState(preset), rate: 0.5 };
  expect(toggled(toggled(changed, preset.experiments[0]), preset.experiments[0])).toEqual(changed);
});

it('leaves a loss alone that lacks the parameter', () => {
  const preset = findPreset('low-temperature')!;
  const clip = { ...presetState(preset), loss: 'clip', parameters: {} } as const;
  expect(toggled(clip, preset.experiments[0]).parameters).toEqual({});
});

it('says what to watch as things are set', () => {
  const preset = presets[0];
  const [negatives, circle] = preset.experiments;
  const start = presetState(preset);
  expect(watchOf(start)).toBe(preset.watch);
  expect(watchOf(toggled(start, negatives))).toBe(negatives.watch);
  expect(watchOf(toggled(start, circle))).toBe(circle.watch);
  expect(watchOf(toggled(toggled(start, circle), negatives))).toBe(negatives.watch);
});
