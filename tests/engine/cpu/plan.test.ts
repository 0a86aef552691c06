import { expect, test } from 'vitest';
import { planDistances } from '../../../src/engine/cpu/distances/plan.ts';
import { writePairKernels } from '../../../src/engine/cpu/pairs/kernels.ts';
import { planPairs } from '../../../src/engine/cpu/pairs/plan.ts';
import { meetingsOf, roundsOf } from '../../../src/engine/cpu/pairs/schedule.ts';
import { losses } from '../../../src/losses/registry.ts';
import type { AnyPairLoss } from '../../../src/losses/registry.ts';

const pairLosses = losses.filter((loss): loss is AnyPairLoss => loss.skeleton === 'pairs');

function planOf(loss: AnyPairLoss, rows: number, dimension: number, threads: number) {
  const isOneSet = loss.batch === 'labelled';
  const columnsAreAnchors = loss.anchors !== 'queries';
  const { parts } = writePairKernels(
    loss.shader,
    { dimension, isOneSet, isExclusive: false, columnsAreAnchors },
    false,
  );
  const layout = { kind: loss.batch, dimension, rows, columns: rows, extraNegatives: 0 };
  const options = { refines: loss.refines ?? false, gradient: true, normalize: true, threads };
  return planPairs(loss, layout, parts, options);
}

test.each(pairLosses)('$kind: 65,536 points of dimension 32 take less than 64 MiB', (loss) => {
  const { bytes } = planOf(loss, 65_536, 32, 2);
  expect(bytes).toBeLessThan(64 * 2 ** 20);
});

test.each([1, 8])(
  'distances: 65,536 points of dimension 32 take less than 64 MiB on %i threads',
  (threads) => {
    const options = { sets: 1, gradient: true, normalize: true, threads };
    const { bytes } = planDistances({ dimension: 32, rows: 65_536 }, options);
    expect(bytes).toBeLessThan(64 * 2 ** 20);
  },
);

test('many columns on many threads: what groups gather apart has a limit', () => {
  const infoNce = pairLosses.find(({ kind }) => kind === 'info-nce')!;
  const { parts } = writePairKernels(
    infoNce.shader,
    { dimension: 512, isOneSet: false, isExclusive: true, columnsAreAnchors: false },
    false,
  );
  const layout = {
    kind: 'paired',
    dimension: 512,
    rows: 1024,
    columns: 200_000,
    extraNegatives: 198_976,
  } as const;
  const planned = (threads: number) =>
    planPairs(infoNce, layout, parts, { refines: false, gradient: true, normalize: true, threads }).bytes;
  expect(planned(8) - planned(1)).toBeLessThan(128 * 2 ** 20);
});

test.each(pairLosses)('$kind: memory grows with the points, not with the pairs', (loss) => {
  const [small, large] = [1024, 16_384].map((points) => planOf(loss, points, 64, 2).bytes);
  const exponent = Math.log(large / small) / Math.log(16);
  expect(exponent).toBeGreaterThan(0.9);
  expect(exponent).toBeLessThan(1.1);
});

test.each([1, 2, 3, 8])(
  '%i threads: every two blocks meet once, and no block is in two places at once',
  (threads) => {
    for (const loss of pairLosses.filter(({ anchors }) => anchors !== 'queries')) {
      for (const points of [1, 8, 9, 100, 5000]) {
        const plan = planOf(loss, points, 4, threads);
        const isOneSet = plan.rows === plan.columns;
        const met = new Set<string>();
        for (const round of roundsOf(plan)) {
          const busy = new Set<string>();
          for (const { row, column } of round) {
            const blocks = isOneSet
              ? new Set([`${row}`, `${column}`])
              : new Set([`row ${row}`, `column ${column}`]);
            for (const block of blocks) {
              expect(busy).not.toContain(block);
              busy.add(block);
            }
            expect(met).not.toContain(`${row} ${column}`);
            met.add(`${row} ${column}`);
          }
        }
        const blocks = Math.ceil(plan.rows.padded / plan.rowBlock);
        expect(met.size).toBe(isOneSet ? (blocks * (blocks + 1)) / 2 : blocks * blocks);
      }
    }
  },
);

test.each([1, 2, 3, 8])('%i threads: taken in their order, no meeting waits for a later one', (threads) => {
  for (const loss of pairLosses.filter(({ anchors }) => anchors !== 'queries')) {
    for (const points of [1, 8, 100, 5000]) {
      const plan = planOf(loss, points, 4, threads);
      const rowTurns = new Map<number, number>();
      const columnTurns = plan.rows === plan.columns ? rowTurns : new Map<number, number>();
      const meetings = meetingsOf(plan);
      expect(meetings.length).toBe(plan.units);
      for (const { row, column, rowTurn, columnTurn } of meetings) {
        expect(rowTurns.get(row) ?? 0).toBe(rowTurn);
        expect(columnTurns.get(column) ?? 0).toBe(columnTurn);
        rowTurns.set(row, rowTurn + 1);
        columnTurns.set(column, columnTurn + 1);
      }
    }
  }
});

test.each([1, 2, 3, 8])('%i threads: groups hold every panel once, the smallest last', (threads) => {
  for (const points of [1, 48, 49, 5000, 65_536]) {
    const { panels, units } = planOf(
      pairLosses.find(({ kind }) => kind === 'info-nce')!,
      points,
      32,
      threads,
    );
    const { groups } = panels!;
    expect(units).toBe(groups.length - 1);
    expect(groups[0]).toBe(0);
    expect(groups.at(-1)).toBe(Math.ceil(points / panels!.height));
    expect(panels!.workers).toBe(Math.min(threads, units));
    const sizes = groups.slice(1).map((end, index) => end - groups[index]);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    expect(sizes.at(-1)! - sizes[0]).toBeLessThanOrEqual(1);
  }
});
