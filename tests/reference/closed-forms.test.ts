import { describe, expect, test } from 'vitest';
import { softplus } from '../../src/losses/pair-matrix.ts';
import { engine, labelled, lossOf } from './small.ts';

/** `count` unit vectors whose cosines are all -1 / (count - 1). */
function simplex(count: number): Float32Array {
  const length = Math.sqrt(1 - 1 / count);
  return Float32Array.from(
    { length: count * count },
    (_, index) => (Number(index % count === Math.floor(index / count)) - 1 / count) / length,
  );
}

function repeated(vector: number[], count: number): Float32Array {
  return Float32Array.from({ length: vector.length * count }, (_, index) => vector[index % vector.length]);
}

describe('closed forms', () => {
  const same = [0.6, -0.8, 0];
  const pairIds = Uint32Array.from({ length: 12 }, (_, index) => index % 6);

  test.each([0.01, 0.1, 1])(
    'collapse costs the logarithm of the candidates at temperature %f',
    async (temperature) => {
      const set = { dimension: 3, embeddings: repeated(same, 12), labels: pairIds };
      const pair = { dimension: 3, queries: repeated(same, 6), keys: repeated(same, 6) };
      const negatives = repeated(same, 20);
      expect(await lossOf({ kind: 'nt-xent', temperature }, set)).toBeCloseTo(Math.log(11), 10);
      expect(await lossOf({ kind: 'sup-con', temperature }, set)).toBeCloseTo(Math.log(11), 10);
      expect(await lossOf({ kind: 'info-nce', temperature }, pair)).toBeCloseTo(Math.log(6), 10);
      expect(await lossOf({ kind: 'clip', logitScale: 1 / temperature }, pair)).toBeCloseTo(Math.log(6), 10);
      expect(await lossOf({ kind: 'info-nce', temperature }, { ...pair, negatives })).toBeCloseTo(
        Math.log(21),
        10,
      );
      expect(await lossOf({ kind: 'decoupled', temperature }, set)).toBeCloseTo(Math.log(10), 10);
      expect(await lossOf({ kind: 'debiased', temperature }, set)).toBeCloseTo(Math.log(11), 10);
      expect(await lossOf({ kind: 'hard-negative', temperature }, set)).toBeCloseTo(Math.log(11), 10);
      expect(await lossOf({ kind: 'n-pairs' }, pair)).toBeCloseTo(Math.log(6), 10);
    },
  );

  test('InfoNCE and CLIP at a simplex', async () => {
    const batch = { dimension: 7, queries: simplex(7), keys: simplex(7) };
    const temperature = 0.3;
    const expected = Math.log(1 + 6 * Math.exp(-7 / (6 * temperature)));
    const options = { gradient: true };
    const infoNce = await engine.evaluate({ kind: 'info-nce', temperature }, batch, options);
    expect(infoNce.loss).toBeCloseTo(expected, 6);
    const raw = { kind: 'clip', logitScale: 1 / temperature, normalize: false } as const;
    const clip = await engine.evaluate(raw, batch, options);
    expect(clip.loss).toBeCloseTo(expected, 6);
    const tangent = await engine.evaluate({ ...raw, normalize: true }, batch, options);
    const { queries } = tangent.gradient as { queries: Float32Array };
    for (const component of queries) expect(Math.abs(component)).toBeLessThan(1e-6);
  });

  test('NT-Xent at a simplex of pairs', async () => {
    const embeddings = new Float32Array([...simplex(6), ...simplex(6)]);
    const temperature = 0.2;
    const scale = 1 / temperature;
    const expected = Math.log(Math.exp(scale) + 10 * Math.exp(-scale / 5)) - scale;
    const batch = { dimension: 6, embeddings, labels: pairIds };
    expect(await lossOf({ kind: 'nt-xent', temperature }, batch)).toBeCloseTo(expected, 6);
  });

  test('DCL at a simplex of pairs', async () => {
    const batch = {
      dimension: 6,
      embeddings: new Float32Array([...simplex(6), ...simplex(6)]),
      labels: pairIds,
    };
    // 10 negatives at cosine -1/5; published for temperature 0.01, where masks by adding log(1e-45) leak.
    for (const temperature of [0.01, 0.1, 1]) {
      const expected = Math.log(10) - 6 / (5 * temperature);
      const loss = await lossOf({ kind: 'decoupled', temperature }, batch);
      expect(Math.abs(loss - expected)).toBeLessThan(1e-6 / temperature);
    }
  });

  test.each(['out', 'in'] as const)('SupCon (%s) at a simplex of classes', async (form) => {
    const [count, members, temperature] = [4, 3, 0.5];
    const vertices = simplex(count);
    const batch = {
      dimension: count,
      embeddings: new Float32Array(Array.from({ length: members }, () => [...vertices]).flat()),
      labels: Uint32Array.from({ length: count * members }, (_, index) => index % count),
    };
    const expected = Math.log(
      members - 1 + members * (count - 1) * Math.exp(-count / ((count - 1) * temperature)),
    );
    expect(await lossOf({ kind: 'sup-con', temperature, form }, batch)).toBeCloseTo(expected, 6);
  });

  test('SupCon of two views is NT-Xent', async () => {
    const batch = labelled(4, [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
    const options = { gradient: true };
    const supCon = await engine.evaluate({ kind: 'sup-con', temperature: 0.2 }, batch, options);
    const ntXent = await engine.evaluate({ kind: 'nt-xent', temperature: 0.2 }, batch, options);
    expect(supCon.loss).toBeCloseTo(ntXent.loss, 12);
    expect(supCon.count).toBe(ntXent.count);
    expect(supCon.parameterGradients!.temperature).toBeCloseTo(ntXent.parameterGradients!.temperature, 10);
  });

  test('the mean inside the logarithm never costs more than outside', async () => {
    const batch = labelled(3, [0, 0, 0, 1, 1, 1, 1]);
    const outside = await lossOf({ kind: 'sup-con', form: 'out' }, batch);
    expect(await lossOf({ kind: 'sup-con', form: 'in' }, batch)).toBeLessThan(outside);
  });
});

describe("optax's published numbers for NT-Xent at temperature 0.07", () => {
  const vectors = [-1.954, 1.078, 0.238, -0.5703, 1.8745, -0.0195, -0.6719, -1.921];

  test.each([
    ['pairs', vectors, [0, 0, 1, 1], 14.01032],
    ['classes', vectors, [0, 0, 0, 1], 8.968544],
    ['a zero vector', [0, 0, ...vectors.slice(2)], [0, 0, 1, 1], 9.2889],
  ])('%s', async (_, embeddings, labels, expected) => {
    const batch = {
      dimension: 2,
      embeddings: Float32Array.from(embeddings),
      labels: Uint32Array.from(labels),
    };
    expect(Math.abs((await lossOf({ kind: 'nt-xent', temperature: 0.07 }, batch)) - expected)).toBeLessThan(
      1e-4,
    );
  });
});

describe('SigLIP in closed form', () => {
  const spec = { kind: 'sig-lip', logitScale: 10, logitBias: -10 } as const;

  test('all cosines 0', async () => {
    const axes = Float32Array.from({ length: 64 }, (_, index) => Number(index % 9 === 0));
    const batch = { dimension: 8, queries: axes.slice(0, 32), keys: axes.slice(32) };
    expect(await lossOf(spec, batch)).toBeCloseTo(10.0000454 + 3 * 4.54e-5, 7);
  });

  test('at a simplex, the sum over all pairs divided by N', async () => {
    const batch = { dimension: 5, queries: simplex(5), keys: simplex(5) };
    const expected = softplus(-(3 - 1)) + 4 * softplus(-1 - 3 / 4);
    expect(await lossOf({ ...spec, logitScale: 3, logitBias: -1 }, batch)).toBeCloseTo(expected, 6);
  });
});

describe('multi-similarity in closed form', () => {
  const spec = { kind: 'multi-similarity' } as const;
  const same = repeated([0.6, -0.8], 6);

  test('collapsed, one positive and four negatives', async () => {
    const batch = { dimension: 2, embeddings: same, labels: Uint32Array.of(0, 1, 2, 0, 1, 2) };
    const expected = Math.log1p(Math.exp(-1)) / 2 + Math.log1p(4 * Math.exp(25)) / 50;
    expect(await lossOf(spec, batch)).toBeCloseTo(expected, 6);
  });

  test('an anchor without positives, and one without negatives, still has a term', async () => {
    const singletons = { dimension: 2, embeddings: same, labels: Uint32Array.of(0, 1, 2, 3, 4, 5) };
    expect(await lossOf(spec, singletons)).toBeCloseTo(Math.log1p(5 * Math.exp(25)) / 50, 6);
    const oneClass = { ...singletons, labels: new Uint32Array(6) };
    expect(await lossOf(spec, oneClass)).toBeCloseTo(Math.log1p(5 * Math.exp(-1)) / 2, 6);
  });
});

/** The published code of both papers, word for word, for one anchor: a positive and its negatives. */
function published(positive: number, negatives: number[], temperature: number, beta: number): number {
  const prior = 0.1;
  const count = negatives.length;
  const exps = negatives.map((similarity) => Math.exp(similarity / temperature));
  const importances = exps.map((value) => Math.exp(beta * Math.log(value)));
  const meanImportance = importances.reduce((sum, value) => sum + value) / count;
  const weighed = exps.reduce((sum, value, index) => sum + importances[index] * value, 0) / meanImportance;
  const own = Math.exp(positive / temperature);
  const estimate = Math.max(
    (-prior * count * own + weighed) / (1 - prior),
    count * Math.exp(-1 / temperature),
  );
  return -Math.log(own / (own + estimate));
}

describe('debiased and hard negatives', () => {
  const batch = labelled(4, [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
  const classesOf = labelled(3, [0, 0, 0, 1, 1, 1, 1]);

  test('without a prior, and all negatives alike, they are NT-Xent', async () => {
    for (const set of [batch, classesOf]) {
      const expected = await engine.evaluate({ kind: 'nt-xent' }, set, { gradient: true });
      for (const kind of ['debiased', 'hard-negative'] as const) {
        const spec = { kind, positivePrior: 0, ...(kind === 'hard-negative' && { concentration: 0 }) };
        const evaluation = await engine.evaluate(spec, set, { gradient: true });
        expect(evaluation.loss).toBeCloseTo(expected.loss, 12);
        expect(evaluation.parameterGradients!.temperature).toBeCloseTo(
          expected.parameterGradients!.temperature,
          10,
        );
      }
    }
  });

  test.each([0.2, 0.5, 2])(
    'the published code at temperature %f, above the floor and at it',
    async (temperature) => {
      const cosines = await engine.similarity(batch);
      for (const [kind, beta] of [
        ['debiased', 0],
        ['hard-negative', 1],
      ] as const) {
        const { rowLosses } = await engine.evaluate({ kind, temperature }, batch, { rowLosses: true });
        for (let row = 0; row < 10; row++) {
          const partner = (row + 5) % 10;
          const others = [...cosines.subarray(10 * row, 10 * row + 10)].filter(
            (_, column) => column !== row && column !== partner,
          );
          const expected = published(cosines[10 * row + partner], others, temperature, beta);
          expect(Math.abs(rowLosses![row] - expected)).toBeLessThan(2e-6);
        }
      }
    },
  );

  test('at the floor the positive is pulled and nobody pushed', async () => {
    // The positive on top, eight negatives opposite: less than nothing is left once the prior has taken its share.
    const embeddings = Float32Array.from(
      { length: 20 },
      (_, index) => [1, 0, -1, 0][index < 4 ? index % 2 : 2 + (index % 2)],
    );
    const labels = Uint32Array.of(0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
    const { loss } = await engine.evaluate({ kind: 'debiased' }, { dimension: 2, embeddings, labels });
    expect(loss).toBeCloseTo(Math.log1p(8 * Math.exp(-4)), 10);
  });

  test('a temperature of 0.01 does not overflow', async () => {
    const evaluation = await engine.evaluate({ kind: 'hard-negative', temperature: 0.01 }, batch, {
      gradient: true,
    });
    expect(Number.isFinite(evaluation.loss)).toBe(true);
    expect((evaluation.gradient as { embeddings: Float32Array }).embeddings.every(Number.isFinite)).toBe(
      true,
    );
  });
});

describe('circle in closed form', () => {
  const spec = { kind: 'circle' } as const;

  test('collapsed, one positive and four negatives', async () => {
    const batch = {
      dimension: 2,
      embeddings: repeated([0.6, -0.8], 6),
      labels: Uint32Array.of(0, 1, 2, 0, 1, 2),
    };
    expect(await lossOf(spec, batch)).toBeCloseTo(-80 * 0.4 * 0.4 + 80 * 1.4 * 0.6 + Math.log(4), 5);
  });

  test('pairs beyond their optimum weigh nothing, but stay in the sum', async () => {
    // Positives at cosine 1, negatives at -1: with a margin of -0.5, the optimum is 0.5 for both.
    const batch = {
      dimension: 1,
      embeddings: Float32Array.of(1, 1, -1, -1),
      labels: Uint32Array.of(0, 0, 1, 1),
    };
    const evaluation = await engine.evaluate({ ...spec, margin: -0.5 }, batch, { gradient: true });
    expect(evaluation.loss).toBeCloseTo(Math.log(1 + 2), 10);
    expect(evaluation.gradient).toEqual({ embeddings: new Float32Array(4) });
  });

  test('the gradient is that of constant weights, gamma [ ]+ sigmoid(lead) / 2 each way', async () => {
    const batch = {
      dimension: 2,
      embeddings: Float32Array.of(1, 0, 0, 1, -1, 0, 0, -1),
      labels: Uint32Array.of(0, 0, 1, 1),
    };
    const evaluation = await engine.evaluate({ ...spec, gamma: 1, normalize: false }, batch, {
      gradient: true,
    });
    // Each anchor: its positive at cosine 0 (logit 0.84), its negatives at 0 (logit -0.16) and -1 (weight and logit 0).
    const negatives = Math.log(Math.exp(-0.16) + 1);
    const miss = 1 / (1 + Math.exp(-0.84 - negatives));
    const [pull, push] = [-1.4 * miss, 0.4 * miss * Math.exp(-0.16 - negatives)];
    expect(evaluation.loss).toBeCloseTo(softplus(0.84 + negatives), 10);
    const { embeddings } = evaluation.gradient as { embeddings: Float32Array };
    // A mean over four anchors; each pair is pulled from both of its ends.
    expect(embeddings[1]).toBeCloseTo((2 * pull) / 4 - (2 * push) / 4, 6);
    expect(embeddings[0]).toBeCloseTo(0, 6);
  });
});

test("TensorFlow Addons' published number for N-pairs", async () => {
  const corners = Float32Array.of(1, 1, 1, -1, -1, 1, -1, -1);
  const batch = { dimension: 2, queries: corners, keys: corners };
  expect(await lossOf({ kind: 'n-pairs' }, batch)).toBeCloseTo(0.253856, 6);
});
