import { beforeEach, describe, expect, test } from 'vitest';
import type { Kernels } from '../../../src/engine/cpu/pairs/kernels.ts';
import { QUAD, TILE, TILE_BYTES, VECTOR } from '../../../src/engine/cpu/pairs/tile.ts';
import { decoupled } from '../../../src/losses/decoupled.ts';
import { infoNce } from '../../../src/losses/info-nce.ts';
import { ntXent } from '../../../src/losses/nt-xent.ts';
import { supCon } from '../../../src/losses/sup-con.ts';
import { similarityOf, tileKernels } from './tile-kernels.ts';

const QUADS = TILE / QUAD;

/** Rows and columns of the tile, and where they and all else lie. */
const [PAIRS, COPY, SCRATCH, TRANSPOSED] = [1, 2, 3, 4].map((place) => place * 2 * TILE_BYTES);
const [ROWS, COLUMNS, OTHER_ROWS, OTHER_COLUMNS, LABELS, SUMS] = [5, 6, 7, 8, 9, 10].map(
  (place) => place * 2 * TILE_BYTES,
);

const LOSSES = [infoNce, ntXent, supCon, decoupled];

describe.each(LOSSES)('$kind', ({ shader }) => {
  const { parts, open } = tileKernels(shader, true);
  let kernels: Kernels;
  let numbers: Float32Array<ArrayBuffer>;
  let setParameters: (logitScale: number) => void;

  beforeEach(async () => {
    ({ kernels, numbers, setParameters } = await open(11 * 2 * TILE_BYTES));
  });

  /** Similarities within -1 .. 1, or all the same, and the loss's parameters. */
  const fill = (logitScale: number, similarity?: number) => {
    setParameters(logitScale);
    for (let pair = 0; pair < TILE * TILE; pair++) {
      numbers[PAIRS / 4 + pair] = similarity ?? similarityOf(pair);
    }
  };
  const setRow = (row: number, similarity: number) => {
    for (let column = 0; column < TILE; column++) numbers[PAIRS / 4 + column * TILE + row] = similarity;
  };
  const copyTile = () => numbers.copyWithin(COPY / 4, PAIRS / 4, (PAIRS + TILE_BYTES) / 4);
  const tileAt = (at: number) => numbers.slice(at / 4, (at + TILE_BYTES) / 4);
  const clear = () => {
    for (const statistics of [ROWS, COLUMNS, OTHER_ROWS, OTHER_COLUMNS]) kernels.clear(statistics, QUADS);
  };
  const includeTile = () => kernels.includeTile?.(ROWS, QUADS, COLUMNS, TILE, PAIRS, SCRATCH);
  const takeInOneByOne = (rows: number, columns: number) => {
    kernels.transpose(PAIRS, QUADS, QUADS, TRANSPOSED);
    kernels.accumulatePlain(rows, LABELS, 0, QUADS, LABELS, 0, TILE, PAIRS, 0);
    kernels.accumulatePlain(columns, LABELS, 0, QUADS, LABELS, 0, TILE, TRANSPOSED, 0);
  };
  /** Of all anchors: the negatives are the first field of Statistics. */
  const logSumExps = (statistics: number) =>
    Array.from({ length: TILE }, (_, anchor) => {
      const at = (statistics + Math.floor(anchor / QUAD) * parts.statistics * VECTOR) / 4 + (anchor % QUAD);
      return numbers[at] + Math.log(numbers[at + QUAD]);
    });
  const expectSame = (scale: number) => {
    for (const [one, other] of [
      [ROWS, OTHER_ROWS],
      [COLUMNS, OTHER_COLUMNS],
    ]) {
      const expected = logSumExps(other);
      logSumExps(one).forEach((got, anchor) =>
        expect(Math.abs(got - expected[anchor])).toBeLessThan(1e-6 * scale),
      );
    }
  };

  /** Anchors that have met the tile, and one positive each with a similarity of 0. */
  const finish = (logitScale: number, similarity?: number) => {
    fill(logitScale, similarity);
    clear();
    takeInOneByOne(ROWS, COLUMNS);
    for (const statistics of [ROWS, COLUMNS]) {
      kernels.accumulate(statistics, LABELS, 0, QUADS, LABELS, TILE, 1, COPY, 0);
      kernels.finish(statistics, statistics + TILE_BYTES, SUMS, SUMS + 1024, QUADS);
    }
    copyTile();
  };
  const pushTile = () =>
    kernels.pushTile?.(ROWS + TILE_BYTES, QUADS, COLUMNS + TILE_BYTES, TILE, PAIRS, SUMS, SCRATCH);

  test.each([0.1, 2, 18])(
    'takes a tile in as if its pairs came one by one, logits up to %s',
    (logitScale) => {
      fill(logitScale);
      clear();
      for (let times = 0; times < 2; times++) {
        expect(includeTile()).toBe(1);
        takeInOneByOne(OTHER_ROWS, OTHER_COLUMNS);
        expectSame(Math.max(1, logitScale));
      }
    },
  );

  test('does nothing where an anchor is far below the others', () => {
    fill(100);
    setRow(5, -1);
    clear();
    const before = numbers.slice(ROWS / 4, OTHER_ROWS / 4);
    const tile = tileAt(PAIRS);
    expect(includeTile()).toBe(0);
    expect(numbers.slice(ROWS / 4, OTHER_ROWS / 4)).toEqual(before);
    expect(tileAt(PAIRS)).toEqual(tile);
  });

  test('does nothing where logits are too coarse for exponents', () => {
    fill(1e7, 0.5);
    clear();
    expect(includeTile()).toBe(0);
    finish(1e7, 0.5);
    expect(pushTile()).toBe(0);
  });

  test('stays exact when tiles of one kind and of the other come in turn', () => {
    fill(30);
    clear();
    const done = [0.2, -1, 0.5, -1].map((similarity) => {
      setRow(9, similarity);
      const isDone = includeTile() === 1;
      takeInOneByOne(OTHER_ROWS, OTHER_COLUMNS);
      if (!isDone) takeInOneByOne(ROWS, COLUMNS);
      return isDone;
    });
    expect(new Set(done)).toEqual(new Set([true, false]));
    expectSame(30);
  });

  const pullOneByOne = () => {
    const [rows, columns] = [ROWS + TILE_BYTES, COLUMNS + TILE_BYTES];
    kernels.pullPlain(rows, LABELS, 0, QUADS, columns, LABELS, 0, TILE, COPY, SUMS + 64);
  };

  test.each([0.1, 2, 18])('pushes as if its pairs came one by one, logits up to %s', (logitScale) => {
    finish(logitScale);
    expect(pushTile()).toBe(1);
    pullOneByOne();
    const expected = tileAt(COPY);
    expect(Math.max(...expected)).toBeGreaterThan(0);
    tileAt(PAIRS).forEach((push, pair) => {
      const tolerance = 1e-6 * Math.max(1, logitScale) * expected[pair];
      expect(Math.abs(push - expected[pair])).toBeLessThanOrEqual(tolerance);
    });
    for (let sum = 0; sum < 8; sum++) {
      const [got, wanted] = [numbers[SUMS / 4 + sum], numbers[SUMS / 4 + 16 + sum]];
      expect(Math.abs(got - wanted)).toBeLessThan(1e-5 * logitScale);
    }
  });

  test('leaves pairs alone where the anchors are far apart', () => {
    finish(100);
    const shift = numbers.subarray((ROWS + TILE_BYTES) / 4);
    // All that an anchor knows is moved by 100, its shift included.
    for (let part = 0; part < parts.anchor; part++) shift[part * QUAD] += 100;
    expect(pushTile()).toBe(0);
    expect(tileAt(PAIRS)).toEqual(tileAt(COPY));
  });
});
