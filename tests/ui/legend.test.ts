import { expect, it } from 'vitest';
import { legendOf } from '../../src/ui/legend.ts';
import { presets, presetState } from '../../src/ui/presets.ts';

const state = presetState(presets[0]);

it('says how many of the lines are drawn, where it is not all', () => {
  expect(legendOf({ ...state, points: 4096 })).toContain('256 of 2,048 shown');
  expect(legendOf({ ...state, points: 100 })).toContain('a colour and a line.');
  expect(legendOf({ ...state, links: false })).not.toContain('line');
  expect(legendOf({ ...state, data: 'classes' })).not.toContain('line');
});

it('names the projection above three dimensions, whose points no hand can move', () => {
  expect(legendOf({ ...state, dimension: 64 })).toMatch(/64 dimensions.*PCA.*Drag to turn\.$/);
  expect(legendOf({ ...state, dimension: 3 })).toMatch(/Drag to turn, drag a point/);
  expect(legendOf({ ...state, dimension: 2 })).not.toContain('turn');
});

it('says that only the encoder moves a point', () => {
  expect(legendOf({ ...state, model: 'encoder' })).toMatch(/Drag to turn; only the encoder moves a point\.$/);
  expect(legendOf({ ...state, model: 'encoder', dimension: 2 })).toMatch(
    / Only the encoder moves a point\.$/,
  );
});
