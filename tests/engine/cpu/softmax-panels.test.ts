import { beforeEach, describe, expect, test } from 'vitest';
import type { Kernels } from '../../../src/engine/cpu/pairs/kernels.ts';
import { QUAD, TILE, TILE_BYTES, VECTOR } from '../../../src/engine/cpu/pairs/tile.ts';
import { infoNce } from '../../../src/losses/info-nce.ts';
import { similarityOf, tileKernels } from './tile-kernels.ts';

const QUADS = TILE / QUAD;
/** Not a multiple of anything: the last tile of a panel may be as narrow as it likes. */
const COLUMNS = 29;
const [PAIRS, COPY, NOTES, ROWS, OTHER, LABELS, SUMS] = [1, 2, 3, 4, 5, 6, 7].map(
  (place) => place * 2 * TILE_BYTES,
);
const ANCHORS = TILE_BYTES;

describe('InfoNCE, whose queries alone are anchors', () => {
  const { parts, open } = tileKernels(infoNce.shader, false);
  let kernels: Kernels;
  let numbers: Float32Array<ArrayBuffer>;
  let setParameters: (logitScale: number) => void;

  beforeEach(async () => {
    ({ kernels, numbers, setParameters } = await open(8 * 2 * TILE_BYTES));
  });

  /** The tile, twice, and anchors that have met one positive with a similarity of 0. */
  const fill = (logitScale: number, lowRow?: number) => {
    setParameters(logitScale);
    for (const statistics of [ROWS, OTHER]) {
      kernels.clear(statistics, QUADS);
      kernels.accumulate(statistics, LABELS, 0, QUADS, LABELS, 0, 1, COPY, 0);
    }
    for (let pair = 0; pair < TILE * COLUMNS; pair++) {
      numbers[PAIRS / 4 + pair] = pair % TILE === lowRow ? -1 : similarityOf(pair);
    }
    numbers.copyWithin(COPY / 4, PAIRS / 4, (PAIRS + TILE_BYTES) / 4);
  };
  const exponentiate = () => kernels.exponentiate?.(ROWS, QUADS, COLUMNS, PAIRS, NOTES);
  const statisticsOf = (statistics: number) =>
    numbers.slice(statistics / 4, statistics / 4 + QUADS * parts.statistics * (VECTOR / 4));

  test.each([0.1, 2, 18])(
    'rows take in and pull as if pairs came one by one, logits up to %s',
    (logitScale) => {
      fill(logitScale);
      expect(exponentiate()).toBe(1);
      kernels.accumulatePlain(OTHER, LABELS, 0, QUADS, LABELS, 0, COLUMNS, COPY, 0);
      for (const statistics of [ROWS, OTHER]) {
        kernels.finish(statistics, statistics + ANCHORS, SUMS + 256, SUMS + 512, QUADS);
      }
      const anchors = QUADS * parts.anchor * (VECTOR / 4);
      for (let at = 0; at < anchors; at++) {
        const [got, expected] = [ROWS, OTHER].map((statistics) => numbers[(statistics + ANCHORS) / 4 + at]);
        expect(Math.abs(got - expected)).toBeLessThan(1e-6 * Math.max(1, logitScale));
      }

      kernels.pushRows?.(ROWS + ANCHORS, QUADS, COLUMNS, PAIRS, NOTES, SUMS);
      kernels.pullPlain(OTHER + ANCHORS, LABELS, 0, QUADS, 0, LABELS, 0, COLUMNS, COPY, SUMS + 64);
      const expected = numbers.slice(COPY / 4, COPY / 4 + TILE * COLUMNS);
      expect(Math.min(...expected)).toBeGreaterThan(0);
      for (let pair = 0; pair < TILE * COLUMNS; pair++) {
        const tolerance = 1e-6 * Math.max(1, logitScale) * expected[pair];
        expect(Math.abs(numbers[PAIRS / 4 + pair] - expected[pair])).toBeLessThanOrEqual(tolerance);
      }
      const total = (sums: number) =>
        [0, 1].map((which) => {
          const at = sums / 4 + QUAD * which;
          return numbers.slice(at, at + QUAD).reduce((sum, part) => sum + part, 0);
        });
      const [got, wanted] = [total(SUMS), total(SUMS + 64)];
      got.forEach((sum, which) =>
        expect(Math.abs(sum - wanted[which])).toBeLessThan(1e-5 * TILE * logitScale),
      );
    },
  );

  test('a row far below the others is noticed, and nothing is taken in', () => {
    fill(100, 5);
    const before = statisticsOf(ROWS);
    expect(exponentiate()).toBe(0);
    expect(statisticsOf(ROWS)).toEqual(before);
  });

  test('logits that are too coarse for exponents are noticed', () => {
    fill(1e7);
    numbers.fill(0.5, PAIRS / 4, (PAIRS + TILE_BYTES) / 4);
    expect(exponentiate()).toBe(0);
  });

  test('a row 30 below the others is exact', () => {
    fill(15, 5);
    expect(exponentiate()).toBe(1);
    const row = 5;
    const at = (ROWS + Math.floor(row / QUAD) * parts.statistics * VECTOR) / 4 + (row % QUAD);
    const logSumExp = numbers[at] + Math.log(numbers[at + QUAD]);
    expect(Math.abs(logSumExp - (-15 + Math.log(COLUMNS)))).toBeLessThan(1e-5);
  });
});
