import { describe, expect, test } from 'vitest';
import { normals } from '../src/data/random.ts';
import type { Batch, Engine, Evaluation } from '../src/engine/engine.ts';
import { evaluateTriplets } from '../src/engine/cpu/evaluate-triplets.ts';
import { Programs } from '../src/engine/cpu/programs.ts';
import { validateEvaluation } from '../src/engine/validate.ts';
import { createEngine } from '../src/index.ts';
import type { LossSpec } from '../src/losses/registry.ts';

/** The losses over distances: numbers that others have published, and closed forms. */
const engines = await Promise.all(
  (['reference', 'cpu'] as const).map((backend) => createEngine({ backend })),
);

interface Told extends Evaluation {
  gradient: { embeddings: Float32Array; queries: Float32Array; keys: Float32Array };
  rowLosses: Float32Array;
}

async function evaluate(engine: Engine, spec: LossSpec, batch: Batch): Promise<Told> {
  return (await engine.evaluate(spec, batch, { gradient: true, rowLosses: true })) as Told;
}

function labelled(dimension: number, vectors: readonly number[], labels: readonly number[]) {
  return { dimension, embeddings: Float32Array.from(vectors), labels: Uint32Array.from(labels) };
}

/** Pairs on a line that are `distances` apart. */
function apart(distances: readonly number[], similar: readonly number[]) {
  return {
    dimension: 1,
    queries: new Float32Array(distances.length),
    keys: Float32Array.from(distances),
    similar: Uint8Array.from(similar),
  };
}

/** `count` points evenly spread over the unit circle. */
function circle(count: number): number[] {
  return Array.from({ length: 2 * count }, (_, index) => {
    const angle = (2 * Math.PI * Math.floor(index / 2)) / count;
    return index % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
}

/** Two towers of the same vectors. */
function towersOf(dimension: number, vectors: readonly number[]) {
  return { dimension, queries: Float32Array.from(vectors), keys: Float32Array.from(vectors) };
}

describe.each(engines)('$backend: contrastive', (engine) => {
  const raw = { kind: 'contrastive', normalize: false } as const;

  test.each([
    [1, 0.621666],
    [2, 1.623333],
  ])("half of TensorFlow Addons' published number at margin %f", async (negativeMargin, published) => {
    const batch = apart([0.1, 0.3, 1.3, 0.7, 1.1, 0.5], [0, 0, 1, 1, 0, 1]);
    const spec = { ...raw, form: 'hadsell', reduction: 'mean', negativeMargin } as const;
    const { loss, count } = await evaluate(engine, spec, batch);
    expect(loss).toBeCloseTo(published / 2, 6);
    expect(count).toBe(6);
  });

  test('positives and negatives that are active are averaged apart, and added', async () => {
    // Places on a line; distances of positives 0.5 (both orders), of negatives 0.25, 0.75, and 3, 3.5, 2.75 beyond.
    const batch = labelled(1, [0, 0.5, -0.25, 3], [7, 7, 8, 9]);
    const { loss, count, gradient, rowLosses } = await evaluate(engine, raw, batch);
    expect(loss).toBeCloseTo(0.5 + (0.75 + 0.25) / 2, 12);
    expect(count).toBe(2 + 4);
    // One anchor's own pairs: [1 - 0.25] and [1 - 0.75] of negatives only; nothing within the margin of the last.
    expect(Array.from(rowLosses)).toEqual([1.25, 0.75, 0.5, 0]);
    // A positive pulls with 2 / 2 per unordered pair, each of two negative pairs pushes with 2 / 4.
    expect(Array.from(gradient.embeddings)).toEqual(
      [-1 - 0.5 + 0, 1 - 0.5, 0.5 + 0.5, 0].map((x) => expect.closeTo(x, 6)),
    );
  });

  test('one mean over all pairs divides by all of them', async () => {
    const batch = labelled(1, [0, 0.5, -0.25, 3], [7, 7, 8, 9]);
    const { loss, count } = await evaluate(engine, { ...raw, reduction: 'mean' }, batch);
    expect(count).toBe(12);
    expect(loss).toBeCloseTo((2 * 0.5 + 2 * (0.75 + 0.25)) / 12, 12);
  });

  test('half squares pull with the distance itself', async () => {
    const { loss, gradient } = await evaluate(
      engine,
      { ...raw, form: 'hadsell' },
      apart([0.5, 0.25], [1, 0]),
    );
    expect(loss).toBeCloseTo(0.5 ** 2 / 2 + 0.75 ** 2 / 2, 12);
    expect(Array.from(gradient.queries)).toEqual([-0.5, 0.75]);
    expect(Array.from(gradient.keys)).toEqual([0.5, -0.75]);
  });

  test('two negatives in one place cost the margin and have no direction to part in', async () => {
    const { loss, count, gradient } = await evaluate(engine, raw, labelled(2, [1, 2, 1, 2], [0, 1]));
    expect(loss).toBe(1);
    expect(count).toBe(2);
    expect(gradient.embeddings).toEqual(new Float32Array(4));
  });

  test('margins of 0 and below', async () => {
    const batch = labelled(1, [0, 0.5, 2, 2], [0, 0, 1, 2]);
    expect((await evaluate(engine, { ...raw, negativeMargin: 0 }, batch)).loss).toBeCloseTo(0.5, 12);
    const below = { ...raw, positiveMargin: -0.25, negativeMargin: -1 };
    expect((await evaluate(engine, below, batch)).loss).toBeCloseTo(0.75, 12);
    const { loss, count } = await evaluate(engine, { ...raw, positiveMargin: 1, negativeMargin: -1 }, batch);
    expect([loss, count]).toEqual([0, 0]);
  });
});

describe.each(engines)('$backend: alignment and uniformity', (engine) => {
  const spec = { kind: 'align-uniform' } as const;

  test('eight points evenly on the circle', async () => {
    const { loss, count } = await evaluate(engine, spec, towersOf(2, circle(8)));
    expect(loss).toBeCloseTo(-2.3631086, 6);
    expect(count).toBe(8);
  });

  test('two opposite points', async () => {
    expect((await evaluate(engine, spec, towersOf(2, [1, 0, -1, 0]))).loss).toBeCloseTo(-8, 12);
  });

  test.each([1, 2, 3])('a simplex at t = %f, and it rests', async (t) => {
    const corners = [1, 1, 1, 1, -1, -1, -1, 1, -1, -1, -1, 1];
    const { loss, gradient } = await evaluate(engine, { ...spec, t }, towersOf(3, corners));
    expect(loss).toBeCloseTo(-t * (8 / 3), 6);
    expect(Math.max(...gradient.queries.map(Math.abs))).toBeLessThan(1e-6);
  });

  test('alignment at alpha = 2 is 2 - 2 cos, and apart from the weight all there is of one pair', async () => {
    const pair = { dimension: 2, queries: Float32Array.of(2, 0), keys: Float32Array.of(3, 3) };
    const { loss, count } = await evaluate(engine, spec, pair);
    expect(loss).toBeCloseTo(2 - Math.SQRT2, 6);
    expect(count).toBe(1);
  });

  test('without weight nothing pushes apart', async () => {
    const batch = { dimension: 3, queries: normals(15, 1, 1), keys: normals(15, 1, 2) };
    const { loss, rowLosses } = await evaluate(engine, { ...spec, weight: 0, alpha: 3 }, batch);
    const distances = await engine.similarity(batch);
    const expected = [0, 6, 12, 18, 24].map((at) => (2 - 2 * distances[at]) ** 1.5);
    expect(loss).toBeCloseTo(expected.reduce((sum, value) => sum + value) / 5, 5);
    expected.forEach((value, row) => expect(rowLosses[row]).toBeCloseTo(value, 5));
  });

  test('collapsed: 0, at rest', async () => {
    const { loss, gradient } = await evaluate(engine, spec, towersOf(2, [1, 2, 1, 2, 1, 2]));
    expect(loss).toBeCloseTo(0, 12);
    expect(gradient.queries).toEqual(new Float32Array(6));
  });
});

function soft(lead: number): number {
  return Math.log1p(Math.exp(lead));
}

/** A pair at 0 and 1 on a line, and a negative. */
function place(negative: number) {
  return labelled(1, [0, 1, negative], [0, 0, 1]);
}

describe.each(engines)('$backend: triplets', (engine) => {
  const raw = { kind: 'triplet-margin', normalize: false, margin: 1 } as const;
  // One pair and two loners on a line: the anchors are the first two, 1 apart; 1.5 and 3, 0.5 and 2 from the others.
  const line = labelled(1, [0, 1, 1.5, 3], [0, 0, 1, 2]);

  test.each<[Partial<Extract<LossSpec, { kind: 'triplet-margin' }>>, number, number]>([
    [{}, (0.5 + 1.5) / 2, 2],
    [{ reduction: 'mean' }, (0.5 + 1.5) / 4, 4],
    [{ mining: 'semi-hard' }, 0.5, 1],
    [{ mining: 'semi-hard', reduction: 'mean' }, 0.5 / 2, 2],
    [{ mining: 'hard' }, 1.5, 1],
    [{ mining: 'facenet-semi-hard', reduction: 'mean' }, 0.5 / 2, 2],
    [{ mining: 'batch-hard' }, (0.5 + 1.5) / 2, 2],
    [{ swap: true }, 1.5, 2],
    [{ distance: 'squared-euclidean' }, 1 - 0.25 + 1, 1],
    [{ soft: true }, (soft(-0.5) + soft(-2) + soft(0.5) + soft(-1)) / 4, 4],
    [{ soft: true, mining: 'batch-hard' }, (soft(-0.5) + soft(0.5)) / 2, 2],
    [{ margin: 0 }, 0.5, 1],
    [{ margin: -0.25 }, 0.25, 1],
    [{ margin: -3 }, 0, 0],
  ])('on a line, %o', async (change, expected, terms) => {
    const { loss, count } = await evaluate(engine, { ...raw, ...change }, line);
    expect(loss).toBeCloseTo(expected, 12);
    expect(count).toBe(terms);
  });

  test('the anchor is drawn to its positive, and parts from its negative; with the swap the positive does', async () => {
    const hard = await evaluate(engine, { ...raw, mining: 'hard' }, line);
    expect(Array.from(hard.gradient.embeddings)).toEqual([-1, 2, -1, 0]);
    const swapped = await evaluate(engine, { ...raw, swap: true }, line);
    expect(Array.from(swapped.gradient.embeddings)).toEqual([-1, 2, -1, 0]);
    const all = await evaluate(engine, raw, line);
    expect(Array.from(all.gradient.embeddings)).toEqual([(-1 + 1 - 1) / 2, (1 + 2) / 2, (-1 - 1) / 2, 0]);
  });

  test("the number in optax's documentation, twice", async () => {
    for (const vectors of [
      [0, 0, 0.1, 0.1, 1, 0],
      [1, 1, 1.1, 1.1, 0, 1],
    ]) {
      const { rowLosses } = await evaluate(engine, raw, labelled(2, vectors, [0, 0, 1]));
      expect(rowLosses[0]).toBeCloseTo(0.1414, 4);
    }
  });

  test('truth 12: a triplet costs nothing, and moves nothing, exactly when the negative is a margin farther', async () => {
    for (const [negative, expected] of [
      [-2.5, 0],
      [-2, 0],
      [-1.5, 0.5],
    ]) {
      const spec = { ...raw, mining: 'batch-hard' } as const;
      const { loss, gradient } = await evaluate(engine, spec, place(negative));
      expect(loss).toBe(expected);
      expect(gradient.embeddings.some((component) => component !== 0)).toBe(expected > 0);
    }
  });

  test('truth 12: collapsed, it costs the margin, or ln 2, and nothing moves', async () => {
    const batch = labelled(
      2,
      Array.from({ length: 12 }, (_, index) => 1 + (index % 2)),
      [0, 0, 1, 1, 1, 2],
    );
    // What is left of forces that cancel, of size 1 together: far below the tolerance of single precision, 7e-6.
    const rest = engine.backend === 'reference' ? 1e-12 : 1e-7;
    for (const distance of ['euclidean', 'squared-euclidean', 'cosine'] as const) {
      for (const mining of ['all', 'facenet-semi-hard', 'hard', 'batch-hard'] as const) {
        for (const swap of [false, true]) {
          const spec = { kind: 'triplet-margin', distance, mining, swap } as const;
          const hinged = await evaluate(engine, spec, batch);
          expect(hinged.loss).toBeCloseTo(0.2, 12);
          const smooth = await evaluate(engine, { ...spec, soft: true }, batch);
          expect(smooth.loss).toBeCloseTo(Math.LN2, 12);
          for (const { gradient } of [hinged, smooth]) {
            expect(Math.max(...gradient.embeddings.map(Math.abs))).toBeLessThan(rest);
          }
        }
      }
    }
    const { loss, count } = await evaluate(engine, { kind: 'triplet-margin', mining: 'semi-hard' }, batch);
    expect([loss, count]).toEqual([0, 0]);
  });

  test('truth 12: semi-hard negatives are farther than the positive, by less than the margin', async () => {
    const spec = { ...raw, mining: 'semi-hard', reduction: 'mean' } as const;
    const terms = await Promise.all(
      [-0.5, -1, -1.5, -2, -2.5].map(
        async (negative) => (await evaluate(engine, spec, place(negative))).count,
      ),
    );
    // The other anchor, at 1, has them 1 farther: beyond its margin, but for the first two.
    expect(terms).toEqual([1, 1, 1, 1, 0]);
  });

  test('one class, and loners, have no triplet', async () => {
    for (const labels of [
      [0, 0, 0, 0],
      [0, 1, 2, 3],
    ]) {
      const { loss, count, gradient } = await evaluate(engine, raw, labelled(1, [0, 1, 1.5, 3], labels));
      expect([loss, count]).toEqual([0, 0]);
      expect(gradient.embeddings).toEqual(new Float32Array(4));
    }
  });
});

test('classes too large for the triplets of a batch are refused with the bytes', async () => {
  const count = 12_000;
  const batch = { dimension: 1, embeddings: new Float32Array(count).fill(1), labels: new Uint32Array(count) };
  const { loss, values, layout } = validateEvaluation({ kind: 'triplet-margin' }, batch);
  if (loss.skeleton !== 'triplets') throw new Error('The loss over triplets is not one.');
  const means = { programs: new Programs(false) };
  await expect(evaluateTriplets(loss, values, layout, batch, {}, means)).rejects.toThrow(/4032000000 bytes/);
});

function unevenClasses(dimension: number, count: number, classes: number) {
  return {
    dimension,
    embeddings: normals(count * dimension, 7, 0),
    labels: Uint32Array.from({ length: count }, (_, index) => (index * index) % classes),
  };
}

describe('triplets on the CPU, a range of negatives at a time', () => {
  const [reference, cpu] = engines;
  const cases = (['all', 'semi-hard', 'hard'] as const).flatMap((mining) =>
    (['mean-active', 'mean'] as const).flatMap((reduction) =>
      [0.2, 0, -0.1, 1.5].map((margin) => ({ mining, reduction, margin })),
    ),
  );

  test.each(cases)('come to what they do one by one: $mining, $reduction, margin $margin', async (way) => {
    const spec = { kind: 'triplet-margin', ...way } as const;
    for (const shape of [unevenClasses(5, 97, 7), unevenClasses(3, 130, 130), unevenClasses(4, 50, 2)]) {
      const expected = await evaluate(reference, spec, shape);
      const got = await evaluate(cpu, spec, shape);
      expect(got.count).toBe(expected.count);
      expect(got.loss).toBeCloseTo(expected.loss, 6);
      got.rowLosses.forEach((loss, row) => expect(loss).toBeCloseTo(expected.rowLosses[row], 5));
      got.gradient.embeddings.forEach((component, at) =>
        expect(component).toBeCloseTo(expected.gradient.embeddings[at], 6),
      );
    }
  });
});
