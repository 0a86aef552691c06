import { describe, expect, test } from 'vitest';
import { blockPoints, pairRounds } from '../../src/engine/webgpu/pair-rounds.ts';
import { pairLayout } from '../../src/engine/webgpu/pair-shape.ts';
import type { PairShape } from '../../src/engine/webgpu/pair-shape.ts';

/** Own and streamed block of a workgroup, as meetingOf in shaders/subgroup-meeting.wgsl has them. */
function meetingOf(index: number, round: number, rows: number, columns: number): [number, number] {
  const turned = (index + round) % Math.max(rows, columns);
  return rows <= columns ? [index, turned] : [turned, index];
}

function check(variant: 'subgroup' | 'unrolled', shape: PairShape): void {
  const [sweep] = pairLayout(shape, 'queries').sweeps;
  const blocks = (points: number) => Math.ceil(points / blockPoints(variant, shape.dimension));
  const rows = blocks(sweep.rowEnd - sweep.rowStart);
  const columns = blocks(sweep.columnEnd - sweep.columnStart);
  const isOneSet = shape.kind === 'labelled';
  const met = new Map<string, number>();
  const busy = new Set<string>();
  let meetings = 0;
  for (const { round, firstWorkgroup, workgroups } of pairRounds(variant, shape, sweep)) {
    for (let index = firstWorkgroup; index < firstWorkgroup + workgroups; index++) {
      const [own, streamed] = meetingOf(index, round, rows, columns);
      const pair = isOneSet ? [own, streamed].toSorted((a, b) => a - b) : [own, streamed];
      met.set(pair.join(), (met.get(pair.join()) ?? 0) + 1);
      busy.add(`${round}: own ${own}`);
      busy.add(`${round}: streamed ${streamed}`);
      meetings++;
    }
  }
  expect(busy.size).toBe(2 * meetings);
  expect(met.size).toBe(isOneSet ? (rows * (rows + 1)) / 2 : rows * columns);
  expect([...met.values()].every((times) => times === 1)).toBe(true);
}

describe('the rounds of the gradients between lanes', () => {
  const sizes = { subgroup: [1, 32, 33, 64, 97, 800], unrolled: [1, 256, 257, 800, 2600, 5000, 9000] };

  test.each(['subgroup', 'unrolled'] as const)(
    'of the %s kernels have any two blocks meet once, and none twice in a round',
    (variant) => {
      for (const dimension of [8, 64]) {
        for (const rows of sizes[variant]) {
          const shape = {
            dimension,
            rows,
            refines: false,
            gradient: true,
            entries: 0,
            parameterGradients: true,
          };
          check(variant, { ...shape, kind: 'labelled', extraNegatives: 0 });
          check(variant, { ...shape, kind: 'paired', extraNegatives: 0 });
          check(variant, { ...shape, kind: 'paired', extraNegatives: 700 });
        }
      }
    },
  );

  test('come in parts where they are long', () => {
    const shape = { kind: 'labelled', dimension: 64 } as const;
    const sweep = {
      rowStart: 0,
      rowEnd: 9000,
      columnStart: 0,
      columnEnd: 9000,
      rowsAreAnchors: true,
      columnsAreAnchors: true,
    };
    const parts = pairRounds('unrolled', shape, sweep);
    expect(parts.some(({ firstWorkgroup }) => firstWorkgroup > 0)).toBe(true);
    for (const { workgroups } of parts) {
      expect(workgroups * 3 * 256 ** 2 * 64).toBeLessThanOrEqual(2 ** 28);
    }
  });
});
