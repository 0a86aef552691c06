import { expect, test } from 'vitest';
import { decode } from '../../../src/ui/notebook/decoder.ts';

const any = { loss: undefined, pairs: 64, temperature: 0.1 };

test.each([
  ['SupContrast at B = 64', { ...any, value: 6.92 }, /SupContrast/, /ln 127, times temperature \/ 0.07/],
  ['SupContrast at B = 256', { ...any, pairs: 256, value: 8.909 }, /SupContrast/, /ln 511/],
  ['NT-Xent', { ...any, value: 4.844 }, /NT-Xent/, /collapsed: ln 127/],
  ['MoCo', { ...any, value: 11.09, temperature: 0.07 }, /MoCo/, /ln 65537/],
  ['CLIP', { ...any, pairs: 256, value: 5.545 }, /CLIP/, /ln 256/],
  ['no negatives', { ...any, value: -10 }, /without negatives/, /coincide: -1 \/ temperature/],
  ['SimCLR in TensorFlow', { ...any, value: 9.688 }, /TensorFlow/, /twice/],
])('%s', (_name, stuck, loss, name) => {
  const { meanings } = decode(stuck);
  expect(meanings.some((meaning) => loss.test(meaning.loss) && name.test(meaning.name))).toBe(true);
});

test('only the loss that was asked for, the nearest first', () => {
  const { meanings } = decode({ ...any, loss: 'nt-xent', value: 4.84 });
  expect(meanings.map(({ loss }) => loss)).toEqual(['NT-Xent']);
});

test('a loss that is stuck nowhere known is told the nearest', () => {
  const { meanings, nearest } = decode({ ...any, loss: 'nt-xent', value: 2.5 });
  expect(meanings).toEqual([]);
  expect(nearest?.name).toMatch(/ln 127/);
});
