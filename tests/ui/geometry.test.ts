import { expect, test } from 'vitest';
import { parametersIn } from '../../src/ui/state.ts';

test('what keeps a distance compares places in the plane, and directions on the sphere', () => {
  for (const loss of ['contrastive', 'triplet-margin'] as const) {
    expect(parametersIn('plane', { loss, parameters: { swap: true } })).toEqual({
      swap: true,
      normalize: false,
    });
    expect(parametersIn('sphere', { loss, parameters: { normalize: false } })).toEqual({});
  }
});

test('other losses stay as they are set', () => {
  for (const loss of ['nt-xent', 'align-uniform'] as const) {
    expect(parametersIn('plane', { loss, parameters: {} })).toEqual({});
    expect(parametersIn('sphere', { loss, parameters: { normalize: false } })).toEqual({ normalize: false });
  }
});
