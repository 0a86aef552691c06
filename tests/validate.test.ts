import { describe, expect, test } from 'vitest';
import { createCpuEngine } from '../src/engine/cpu/cpu-engine.ts';
import type { Batch, Engine } from '../src/engine/engine.ts';
import { InputError } from '../src/engine/input-error.ts';
import { createReferenceEngine } from '../src/engine/reference/reference-engine.ts';
import {
  validateBatch,
  validateEvaluation,
  validateSimilarity,
  validateSoftmax,
} from '../src/engine/validate.ts';
import type { LossSpec } from '../src/losses/registry.ts';

const labelled = {
  dimension: 2,
  embeddings: Float32Array.of(1, 0, 0, 1, 1, 1, -1, 0),
  labels: Uint32Array.of(0, 0, 1, 1),
};
const paired = {
  dimension: 2,
  queries: Float32Array.of(1, 0, 0, 1),
  keys: Float32Array.of(1, 1, 0, 1),
};

/** What a caller without the compiler's help may hand over. */
const asBatch = (value: unknown) => value as Batch;
const asSpec = (value: unknown) => value as LossSpec;

/** The argument that the InputError names. */
function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).argument;
  }
  throw new Error('expected an InputError, but the input was accepted');
}

test('describes the layout of a batch', () => {
  expect(validateBatch(labelled)).toEqual({
    kind: 'labelled',
    dimension: 2,
    rows: 4,
    columns: 4,
    extraNegatives: 0,
  });
  expect(validateBatch({ ...paired, negatives: new Float32Array(6) })).toEqual({
    kind: 'paired',
    dimension: 2,
    rows: 2,
    columns: 5,
    extraNegatives: 3,
  });
});

test.each([
  ['no batch', undefined, 'batch'],
  ['neither kind', { dimension: 2 }, 'batch'],
  ['both kinds', { ...labelled, ...paired }, 'batch'],
  ['dimension 0', { ...labelled, dimension: 0 }, 'batch.dimension'],
  ['dimension 1.5', { ...labelled, dimension: 1.5 }, 'batch.dimension'],
  ['no dimension', { ...labelled, dimension: undefined }, 'batch.dimension'],
  ['a broken vector', { ...labelled, dimension: 3 }, 'batch.embeddings'],
  ['a plain array', { ...labelled, embeddings: [1, 0, 0, 1, 1, 1, -1, 0] }, 'batch.embeddings'],
  ['float64', { ...labelled, embeddings: new Float64Array(8) }, 'batch.embeddings'],
  [
    'no vectors',
    { ...labelled, embeddings: new Float32Array(0), labels: new Uint32Array(0) },
    'batch.embeddings',
  ],
  ['NaN', { ...labelled, embeddings: labelled.embeddings.with(3, Number.NaN) }, 'batch.embeddings'],
  ['infinity', { ...labelled, embeddings: labelled.embeddings.with(7, Infinity) }, 'batch.embeddings'],
  ['no labels', { dimension: 2, embeddings: labelled.embeddings }, 'batch.labels'],
  ['too few labels', { ...labelled, labels: new Uint32Array(3) }, 'batch.labels'],
  ['signed labels', { ...labelled, labels: new Int32Array(4) }, 'batch.labels'],
  ['no keys', { dimension: 2, queries: paired.queries }, 'batch.keys'],
  ['fewer keys than queries', { ...paired, keys: new Float32Array(2) }, 'batch.keys'],
  ['NaN in keys', { ...paired, keys: paired.keys.with(0, Number.NaN) }, 'batch.keys'],
  ['no extra negatives', { ...paired, negatives: new Float32Array(0) }, 'batch.negatives'],
  ['a broken extra negative', { ...paired, negatives: new Float32Array(3) }, 'batch.negatives'],
  ['too few similar', { ...paired, similar: new Uint8Array(1) }, 'batch.similar'],
  ['similar of 2', { ...paired, similar: Uint8Array.of(0, 2) }, 'batch.similar'],
  ['labels of two towers', { ...paired, labels: Uint32Array.of(0, 1) }, 'batch.labels'],
  ['keys of one set', { ...labelled, keys: paired.keys }, 'batch.keys'],
  ['extra negatives of one set', { ...labelled, negatives: 'x' }, 'batch.negatives'],
  ['similar pairs of one set', { ...labelled, similar: Uint8Array.of(1, 0, 1, 0) }, 'batch.similar'],
])('refuses a batch with %s', (_, batch, argument) => {
  expect(refusal(() => validateBatch(asBatch(batch)))).toBe(argument);
});

test.each([
  ['an unknown loss', { kind: 'nt-xnet' }, labelled, 'loss.kind'],
  ['no loss', undefined, labelled, 'loss.kind'],
  ['an unknown parameter', { kind: 'nt-xent', temprature: 1 }, labelled, 'loss.temprature'],
  ['temperature 0', { kind: 'nt-xent', temperature: 0 }, labelled, 'loss.temperature'],
  ['a negative temperature', { kind: 'sup-con', temperature: -1 }, labelled, 'loss.temperature'],
  ['a temperature of NaN', { kind: 'info-nce', temperature: Number.NaN }, paired, 'loss.temperature'],
  ['a temperature of null', { kind: 'info-nce', temperature: null }, paired, 'loss.temperature'],
  ['the name of a method', { kind: 'nt-xent', toString: 1 }, labelled, 'loss.toString'],
  ['a prior of 1', { kind: 'debiased', positivePrior: 1 }, labelled, 'loss.positivePrior'],
  ['a prior below 0', { kind: 'debiased', positivePrior: -0.1 }, labelled, 'loss.positivePrior'],
  ['logit scale 0', { kind: 'clip', logitScale: 0 }, paired, 'loss.logitScale'],
  ['a form that is none', { kind: 'sup-con', form: 'middle' }, labelled, 'loss.form'],
  ['normalize of 1', { kind: 'nt-xent', normalize: 1 }, labelled, 'loss.normalize'],
  ['towers for NT-Xent', { kind: 'nt-xent' }, paired, 'batch'],
  ['one set for InfoNCE', { kind: 'info-nce' }, labelled, 'batch'],
  [
    'extra negatives for CLIP',
    { kind: 'clip' },
    { ...paired, negatives: new Float32Array(2) },
    'batch.negatives',
  ],
  ['similar for InfoNCE', { kind: 'info-nce' }, { ...paired, similar: Uint8Array.of(1, 0) }, 'batch.similar'],
])('refuses to evaluate %s', (_, spec, batch, argument) => {
  expect(refusal(() => validateEvaluation(asSpec(spec), asBatch(batch)))).toBe(argument);
});

test('takes what is undefined for absent', () => {
  const nothing = { embeddings: undefined, labels: undefined, negatives: undefined, similar: undefined };
  expect(validateBatch(asBatch({ ...nothing, ...paired })).kind).toBe('paired');
  expect(validateBatch(asBatch({ ...labelled, queries: undefined, keys: undefined })).kind).toBe('labelled');
  const spec = asSpec({ kind: 'info-nce', temperature: undefined });
  const { values } = validateEvaluation(spec, asBatch({ ...nothing, ...paired }));
  expect(values.temperature).toBeGreaterThan(0);
});

describe('vectors too long for single precision', () => {
  const long = { ...labelled, embeddings: labelled.embeddings.map((value) => value * 1e19) };

  test('are refused raw, and welcome normalized', () => {
    expect(refusal(() => validateEvaluation({ kind: 'nt-xent', normalize: false }, long))).toBe(
      'batch.embeddings',
    );
    expect(validateEvaluation({ kind: 'nt-xent' }, long).layout.rows).toBe(4);
  });

  test('and so are parameters too large for it, on vectors of any length', () => {
    const spec = { kind: 'multi-similarity', beta: 1e30, base: 1e10 } as const;
    expect(refusal(() => validateEvaluation(spec, labelled))).toBe('loss');
  });

  test('are judged by their logits', () => {
    const shorter = { ...labelled, embeddings: labelled.embeddings.map((value) => value * 1e17) };
    const spec = { kind: 'nt-xent', normalize: false } as const;
    expect(validateEvaluation({ ...spec, temperature: 1 }, shorter).layout.rows).toBe(4);
    expect(refusal(() => validateEvaluation({ ...spec, temperature: 1e-4 }, shorter))).toBe(
      'batch.embeddings',
    );
  });

  test('are refused in the towers and the extra negatives', () => {
    const negatives = Float32Array.of(1e20, 0);
    const spec = { kind: 'info-nce', normalize: false } as const;
    expect(refusal(() => validateEvaluation(spec, { ...paired, negatives }))).toBe('batch.queries');
  });

  test('are refused for dot products and distances, not for cosines', () => {
    expect(refusal(() => validateSimilarity(long, 'dot'))).toBe('batch.embeddings');
    expect(refusal(() => validateSimilarity(long, 'euclidean'))).toBe('batch.embeddings');
    expect(validateSimilarity(long, 'cosine').rows).toBe(4);
    // Opposite vectors are twice their length apart.
    const apart = { dimension: 1, queries: Float32Array.of(9.9e18), keys: Float32Array.of(-9.9e18) };
    expect(refusal(() => validateSimilarity(apart, 'euclidean'))).toBe('batch.queries');
    expect(validateSimilarity(apart, 'dot').rows).toBe(1);
  });
});

test('fills in every default', () => {
  expect(validateEvaluation({ kind: 'sup-con' }, labelled).values).toEqual({
    temperature: 0.1,
    form: 'out',
    normalize: true,
    negatives: true,
  });
});

test('refuses a metric that is none', () => {
  expect(refusal(() => validateSimilarity(labelled, 'manhattan' as 'dot'))).toBe('metric');
});

test.each([
  ['0 rows', new Float32Array(0), { rows: 0, columns: 3 }, 1, 'shape.rows'],
  ['half a column', new Float32Array(3), { rows: 1, columns: 2.5 }, 1, 'shape.columns'],
  ['no shape', new Float32Array(3), undefined, 1, 'shape.rows'],
  ['a wrong length', new Float32Array(5), { rows: 2, columns: 3 }, 1, 'logits'],
  ['NaN', Float32Array.of(0, Number.NaN), { rows: 1, columns: 2 }, 1, 'logits'],
  ['infinity', Float32Array.of(0, -Infinity), { rows: 1, columns: 2 }, 1, 'logits'],
  ['temperature 0', new Float32Array(2), { rows: 1, columns: 2 }, 0, 'temperature'],
  ['a negative temperature', new Float32Array(2), { rows: 1, columns: 2 }, -1, 'temperature'],
  ['a temperature of NaN', new Float32Array(2), { rows: 1, columns: 2 }, Number.NaN, 'temperature'],
  ['an overflow', Float32Array.of(1e20, 0), { rows: 1, columns: 2 }, 1e-25, 'temperature'],
])('softmax refuses %s', (_, logits, shape, temperature, argument) => {
  expect(
    refusal(() => validateSoftmax(logits, shape as { rows: number; columns: number }, temperature)),
  ).toBe(argument);
});

describe.each<[string, Engine]>([
  ['reference', createReferenceEngine()],
  ['cpu', await createCpuEngine()],
])('the %s engine', (_, engine) => {
  test('rejects with an InputError', async () => {
    await expect(engine.evaluate({ kind: 'clip' }, labelled)).rejects.toBeInstanceOf(InputError);
    await expect(engine.similarity(asBatch({ dimension: 2 }))).rejects.toBeInstanceOf(InputError);
    await expect(engine.softmax(new Float32Array(2), { rows: 1, columns: 3 }, 1)).rejects.toBeInstanceOf(
      InputError,
    );
  });

  test('names the bytes of a matrix that does not fit', async () => {
    const huge = { dimension: 1, queries: new Float32Array(40_000), keys: new Float32Array(40_000) };
    await expect(engine.similarity(huge)).rejects.toThrow(/6400000000 bytes.*2147483648/);
    const wide = { dimension: 20_000, queries: new Float32Array(40_000), keys: new Float32Array(40_000) };
    const evaluation = engine.evaluate({ kind: 'vicreg' }, wide);
    await expect(evaluation).rejects.toThrow(/batch.dimension.*12800000000 bytes.*2147483648/);
  });

  test('takes vectors that are too long for the stack', async () => {
    const length = 200_000;
    const long = {
      dimension: length,
      queries: new Float32Array(length).fill(1),
      keys: new Float32Array(length).fill(3),
    };
    const { loss } = await engine.evaluate({ kind: 'simsiam' }, long, { gradient: true });
    expect(loss).toBeCloseTo(-1, 5);
    const [distance] = await engine.similarity(long, { metric: 'euclidean' });
    expect(distance / (2 * Math.sqrt(length))).toBeCloseTo(1, 5);
  });

  test('computes no more once it is disposed of', async () => {
    const own = engine.backend === 'cpu' ? await createCpuEngine() : createReferenceEngine();
    await own.evaluate({ kind: 'nt-xent' }, labelled);
    own.dispose();
    for (const asked of [
      () => own.evaluate({ kind: 'nt-xent' }, labelled),
      () => own.similarity(labelled),
      () => own.softmax(new Float32Array(2), { rows: 1, columns: 2 }, 1),
    ]) {
      await expect(asked()).rejects.toThrow('The engine was disposed of.');
    }
  });

  test('stops when its signal is aborted, before and while it works', async () => {
    const count = 1024;
    const batch = {
      dimension: 64,
      embeddings: new Float32Array(count * 64).fill(1),
      labels: Uint32Array.from({ length: count }, (__, index) => index >> 1),
    };
    await expect(
      engine.evaluate({ kind: 'nt-xent' }, batch, { signal: AbortSignal.abort('not now') }),
    ).rejects.toBe('not now');
    const controller = new AbortController();
    const fractions: number[] = [];
    const onProgress = (fraction: number) => {
      fractions.push(fraction);
      if (fractions.length === 2) controller.abort('enough');
    };
    await expect(
      engine.evaluate({ kind: 'nt-xent' }, batch, { gradient: true, signal: controller.signal, onProgress }),
    ).rejects.toBe('enough');
    expect(fractions).toHaveLength(2);
    expect(fractions[1]).toBeGreaterThan(fractions[0]);
  });
});

test('the reference refuses what its lists of pairs would take, with the bytes', async () => {
  const count = 6000;
  const many = {
    dimension: 1,
    embeddings: new Float32Array(count),
    labels: Uint32Array.from({ length: count }, (_, index) => index >> 1),
  };
  const evaluation = createReferenceEngine().evaluate({ kind: 'contrastive' }, many);
  await expect(evaluation).rejects.toThrow(/3600000000 bytes.*2147483648/);
});

test('the CPU tells the progress of losses over distances from 0 to 1', async () => {
  const count = 1500;
  const set = {
    dimension: 16,
    embeddings: Float32Array.from({ length: count * 16 }, (_, index) => Math.sin(index)),
    labels: Uint32Array.from({ length: count }, (_, index) => index >> 1),
  };
  const fractions: number[] = [];
  const engine = await createCpuEngine();
  const onProgress = (fraction: number) => fractions.push(fraction);
  await engine.evaluate({ kind: 'contrastive' }, set, { gradient: true, onProgress });
  expect(fractions.length).toBeGreaterThan(4);
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  expect(fractions.at(-1)).toBeGreaterThan(0.8);
  engine.dispose();
});
