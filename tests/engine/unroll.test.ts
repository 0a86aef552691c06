import { describe, expect, test } from 'vitest';
import { unroll } from '../../src/engine/webgpu/unroll.ts';

const words = (source: string) => source.replace(/\s+/g, ' ').trim();

describe('unroll', () => {
  test('writes a block for every value, and touches nothing else', () => {
    const source =
      'a(); @unroll for (var chunk = 0u; chunk < CHUNKS; chunk++) { sum += at[chunk]; } chunks();';
    expect(words(unroll(source, { CHUNKS: 3 }))).toBe(
      'a(); { sum += at[0u]; } { sum += at[1u]; } { sum += at[2u]; } chunks();',
    );
  });

  test('follows braces, and loops within loops', () => {
    const source = `
      @unroll for (var i = 0u; i < 2u; i++) { if (x) { f(i); } @unroll for (var j = 0u; j < N; j++) { g(i, j); } }
      @unroll for (var k = 0u; k < N; k++) { h(k); }`;
    expect(words(unroll(source, { N: 1 }))).toBe(
      '{ if (x) { f(0u); } { g(0u, 0u); } } { if (x) { f(1u); } { g(1u, 0u); } } { h(0u); }',
    );
  });

  test('leaves a shader alone that marks nothing', () => {
    const source = 'for (var i = 0u; i < 2u; i++) { f(i); }';
    expect(unroll(source, {})).toBe(source);
  });

  test.each([
    ['@unroll for (var i = 1u; i < N; i++) {}', 'Not a loop that can be unrolled'],
    ['@unroll for (var i = 0u; i < M; i++) {}', 'ends at M, which is no constant'],
    ['@unroll for (var i = 0u; i < N; i++) { f(', 'has no end'],
  ])('refuses %s', (source, sentence) => {
    expect(() => unroll(source, { N: 2 })).toThrow(sentence);
  });
});
