import { describe, expect, test } from 'vitest';
import { createEngine } from '../../src/engine/create-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { fitGrowth } from '../../src/simulation/stress/growth.ts';
import { climb, sizesOf } from '../../src/simulation/stress/ramp.ts';
import type { Measured, Ramp } from '../../src/simulation/stress/ramp.ts';
import { growthOf, toCsv, toJson } from '../../src/simulation/stress/record.ts';
import type { StressRecord } from '../../src/simulation/stress/record.ts';

const ramp: Ramp = { loss: { kind: 'nt-xent' }, vary: 'points', from: 16, to: 128, fixed: 3 };
const plenty = { seconds: 60, bytes: 2 ** 30 };

describe('fitted growth', () => {
  test('finds exponent and factor of a power', () => {
    const growth = fitGrowth([1, 2, 4, 8, 16].map((x) => ({ x, y: 3 * x ** 2.5 })))!;
    expect(growth.exponent).toBeCloseTo(2.5, 10);
    expect(growth.factor).toBeCloseTo(3, 10);
  });

  test('begins where it is told, where what every call costs no longer shows', () => {
    const times = [64, 256, 1024, 2048, 4096, 8192].map((x) => ({ x, y: x < 1024 ? 1 : 1e-6 * x * x }));
    expect(fitGrowth(times, 1024)).toMatchObject({ from: 1024 });
    expect(fitGrowth(times, 1024)!.exponent).toBeCloseTo(2, 10);
    expect(fitGrowth(times)!.exponent).toBeLessThan(1.9);
  });

  test('takes the last three where too few are beyond', () => {
    expect(
      fitGrowth(
        [1, 2, 4, 8].map((x) => ({ x, y: x })),
        1024,
      ),
    ).toMatchObject({ from: 2 });
  });

  test('is no line through fewer than three points, or through three at one place', () => {
    expect(
      fitGrowth([
        { x: 1, y: 1 },
        { x: 2, y: 2 },
      ]),
    ).toBeUndefined();
    expect(fitGrowth([1, 2, 3].map((y) => ({ x: 4, y })))).toBeUndefined();
  });
});

describe('a ramp', () => {
  test('doubles up to its end', () => {
    expect(sizesOf(ramp)).toEqual([16, 32, 64, 128]);
  });

  test.each(['cpu', 'reference'] as const)('measures every size on the %s engine', async (backend) => {
    const engine = await createEngine({ backend });
    const measured: Measured[] = [];
    const ending = await climb(engine, ramp, plenty, { onMeasured: (each) => measured.push(each) });
    expect(ending).toBe('The ramp went to its end.');
    expect(measured.map(({ points, dimension }) => [points, dimension])).toEqual([
      [16, 3],
      [32, 3],
      [64, 3],
      [128, 3],
    ]);
    for (const { milliseconds, rounds, loss, bytes } of measured) {
      expect(milliseconds).toBeGreaterThan(0);
      expect(rounds).toBeGreaterThan(0);
      expect(loss).toBeGreaterThan(0);
      expect(bytes === undefined).toBe(backend === 'reference');
    }
    engine.dispose();
  });

  test('varies the dimension, and draws two towers for a loss of two', async () => {
    const engine = await createEngine({ backend: 'reference' });
    const measured: Measured[] = [];
    await climb(
      engine,
      { loss: { kind: 'info-nce' }, vary: 'dimension', from: 2, to: 8, fixed: 10 },
      plenty,
      {
        onMeasured: (each) => measured.push(each),
      },
    );
    expect(measured.map(({ points, dimension }) => [points, dimension])).toEqual([
      [10, 2],
      [10, 4],
      [10, 8],
    ]);
  });

  test('ends before its time and its memory are up, and says so', async () => {
    const engine = stub(
      () => 0,
      (points) => 1000 * points,
    );
    expect(await climb(engine, ramp, { seconds: 60, bytes: 100_000 })).toMatch(/^The memory is up: N = 128,/);
    expect(engine.sizes()).toEqual([16, 32, 64]);
    const slow = stub(() => 30);
    expect(await climb(slow, ramp, { seconds: 0.05, bytes: 2 ** 30 })).toMatch(/^The time is up: N = /);
    expect(slow.sizes().length).toBeLessThan(4);
  });

  test('measures nothing of what an engine makes once, at first or for a later size', async () => {
    const seen = new Set<number>();
    const compiling = stub((points) => {
      const isFirst = !seen.has(points);
      seen.add(points);
      return isFirst ? 400 : 1;
    });
    const measured: Measured[] = [];
    await climb(compiling, { ...ramp, to: 32 }, plenty, { onMeasured: (each) => measured.push(each) });
    expect(measured.map(({ points }) => points)).toEqual([16, 32]);
    for (const { milliseconds } of measured) expect(milliseconds).toBeLessThan(200);
  });

  test('tells of every size that it begins, and else too rarely to disturb what is measured', async () => {
    const engine = await createEngine({ backend: 'reference' });
    const told: [number, number][] = [];
    const begun = performance.now();
    await climb(engine, ramp, plenty, { onProgress: (...progress) => told.push(progress) });
    const starts = told.filter(([, fraction]) => fraction === 0).map(([size]) => size);
    expect(starts).toEqual(sizesOf(ramp));
    expect(told.length - starts.length).toBeLessThanOrEqual((performance.now() - begun) / 200);
  });

  test('tells the sentence of an engine that refuses', async () => {
    const engine = await createEngine({ backend: 'reference' });
    const cold: Ramp = { ...ramp, loss: { kind: 'nt-xent', temperature: -1 } };
    expect(await climb(engine, cold, plenty)).toMatch(/^N = 16, d = 3 is refused: .*temperature/);
  });

  test('ends with the reason as soon as it is cancelled', async () => {
    const cancelling = new AbortController();
    const engine = await createEngine({ backend: 'reference' });
    const measured: Measured[] = [];
    const climbing = climb(engine, ramp, plenty, {
      signal: cancelling.signal,
      onMeasured: (each) => {
        measured.push(each);
        cancelling.abort(new Error('Enough.'));
      },
    });
    await expect(climbing).rejects.toThrow('Enough.');
    expect(measured).toHaveLength(1);
  });
});

describe('the record', () => {
  const measured = [1024, 2048, 4096].map((points) => ({
    points,
    dimension: 64,
    milliseconds: points ** 2 / 1e5,
    rounds: 3,
    bytes: points === 1024 ? undefined : 100 * points,
    loss: 7.5,
  }));
  const record: StressRecord = {
    engine: 'WebGPU, "a" device',
    date: '2026-01-01T00:00:00.000Z',
    ramp: { ...ramp, fixed: 64 },
    budget: plenty,
    measured,
    ending: 'The ramp went to its end.',
    ...growthOf(ramp, measured),
  };

  test('has the growth of time, and none of memory that was told only twice', () => {
    expect(record.time?.exponent).toBeCloseTo(2, 10);
    expect(record).not.toHaveProperty('memory');
  });

  test('is JSON that reads back', () => {
    expect(JSON.parse(toJson(record))).toEqual(JSON.parse(JSON.stringify(record)));
  });

  test('is CSV of a line per measurement, quoted where it must be', () => {
    const lines = toCsv(record).split('\r\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe('engine,loss,points,dimension,milliseconds,rounds,bytes,value');
    expect(lines[1]).toBe('"WebGPU, ""a"" device",nt-xent,1024,64,10.48576,3,,7.5');
    expect(lines[2]).toContain(',2048,64,41.94304,3,204800,7.5');
    expect(lines[4]).toBe('');
  });
});

const unused = () => Promise.reject(new Error('This is not asked for.'));

/** An engine that takes so many milliseconds and holds so many bytes. */
function stub(
  millisecondsOf: (points: number) => number,
  bytesOf: (points: number) => number = () => 1,
): Engine & { sizes(): number[] } {
  const seen = new Set<number>();
  let held = 0;
  return {
    backend: 'cpu',
    description: 'a stub',
    get heldBytes() {
      return held;
    },
    evaluate: async (_loss, batch) => {
      const points = 'labels' in batch ? batch.labels.length : 0;
      seen.add(points);
      held = bytesOf(points);
      await new Promise((resolve) => setTimeout(resolve, millisecondsOf(points)));
      return { loss: 1, count: 1 };
    },
    similarity: unused,
    softmax: unused,
    dispose: () => undefined,
    sizes: () => [...seen],
  };
}
