import { describe, expect, test } from 'vitest';
import { engine, labelled, lossOf } from './small.ts';

describe('numbers that single precision loses', () => {
  test('a temperature of 0.01 neither overflows nor saturates', async () => {
    // The positive is orthogonal, the negative identical: 100 nats, where log(p + tiny) stops at 87.34.
    const batch = {
      dimension: 2,
      queries: Float32Array.of(1, 0),
      keys: Float32Array.of(0, 1),
      negatives: Float32Array.of(1, 0),
    };
    const spec = { kind: 'info-nce', temperature: 0.01 } as const;
    const { loss, gradient } = await engine.evaluate(spec, batch, { gradient: true });
    expect(loss).toBeCloseTo(100, 10);
    expect((gradient as { queries: Float32Array }).queries[1]).toBeCloseTo(-100, 4);
  });

  test('a loss of 1e-38 keeps its digits', async () => {
    const batch = {
      dimension: 1,
      queries: Float32Array.of(1),
      keys: Float32Array.of(1),
      negatives: Float32Array.of(-1),
    };
    const loss = await lossOf({ kind: 'info-nce', temperature: 1 / 44 }, batch);
    expect(loss / Math.exp(-88)).toBeCloseTo(1, 10);
  });
});

describe('nothing to learn from', () => {
  test('singletons give loss 0, count 0 and no gradient', async () => {
    for (const kind of ['nt-xent', 'sup-con'] as const) {
      const options = { gradient: true, rowLosses: true };
      const evaluation = await engine.evaluate({ kind }, labelled(3, [0, 1, 2]), options);
      expect(evaluation).toMatchObject({ loss: 0, count: 0 });
      expect((evaluation.gradient as { embeddings: Float32Array }).embeddings).toEqual(new Float32Array(9));
      expect(evaluation.rowLosses).toEqual(new Float32Array(3));
    }
  });

  test('a zero vector has cosine 0 and gradient 0', async () => {
    const batch = { ...labelled(2, [0, 0, 1, 1]), embeddings: Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1) };
    const { gradient } = await engine.evaluate({ kind: 'nt-xent' }, batch, { gradient: true });
    const { embeddings } = gradient as { embeddings: Float32Array };
    expect(embeddings.subarray(0, 2)).toEqual(new Float32Array(2));
    expect(embeddings.every(Number.isFinite)).toBe(true);
    expect((await engine.similarity(batch)).subarray(0, 4)).toEqual(new Float32Array(4));
  });

  test.each([1e-20, 1e20])('vectors of length %f are normalized like any other', async (length) => {
    const batch = labelled(3, [0, 0, 1, 1]);
    const scaled = { ...batch, embeddings: batch.embeddings.map((value) => value * length) };
    const expected = length < 1e-12 ? Math.log(3) : await lossOf({ kind: 'nt-xent' }, batch);
    expect(await lossOf({ kind: 'nt-xent' }, scaled)).toBeCloseTo(expected, 5);
  });
});

describe('stored matrices', () => {
  const batch = {
    dimension: 2,
    queries: Float32Array.of(3, 4, 0, 2),
    keys: Float32Array.of(1, 0, 0, 1),
    negatives: Float32Array.of(3, 3),
  };

  test.each([
    ['cosine', [0.6, 0.8, 1.4 * Math.SQRT1_2, 0, 1, Math.SQRT1_2]],
    ['dot', [3, 4, 21, 0, 2, 6]],
    ['euclidean', [Math.sqrt(20), Math.sqrt(18), 1, Math.sqrt(5), 1, Math.sqrt(10)]],
  ] as const)('%s', async (metric, expected) => {
    const similarity = await engine.similarity(batch, { metric });
    expected.forEach((value, index) => expect(similarity[index]).toBeCloseTo(value, 6));
    expect(similarity).toHaveLength(6);
  });

  test('softmax divides by the temperature, row by row, without overflow', async () => {
    const logits = Float32Array.of(0, Math.log(3), 1000, 1000, -1e30, 0);
    const softmax = await engine.softmax(logits, { rows: 3, columns: 2 }, 0.5);
    [0.1, 0.9, 0.5, 0.5, 0, 1].forEach((value, index) => expect(softmax[index]).toBeCloseTo(value, 6));
  });
});
