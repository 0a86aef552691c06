import { describe, expect, test } from 'vitest';
import { blockPoints, pairRounds } from '../../src/engine/webgpu/pair-rounds.ts';
import { pairLayout } from '../../src/engine/webgpu/pair-shape.ts';
import type { PairShape } from '../../src/engine/webgpu/pair-shape.ts';
import { candidates } from '../../src/engine/webgpu/pair-tuning.ts';
import { isWorthUnrolling, whyNot } from '../../src/engine/webgpu/pair-variant.ts';

/** What a choice depends on. */
function deviceWith(features: string[], subgroupMaxSize: number, description = ''): GPUDevice {
  const adapterInfo = { subgroupMaxSize, description, vendor: '', architecture: '', device: '' };
  return { features: new Set(features), adapterInfo } as unknown as GPUDevice;
}

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

describe('the variants of the pair skeleton that are tried', () => {
  test('on hardware are those that fill its subgroups', () => {
    const hardware = deviceWith(['subgroups'], 32);
    expect(candidates(hardware, { dimension: 64 })).toEqual(['workgroup', 'blocked']);
    expect(candidates(hardware, { dimension: 3 })).toEqual(['workgroup']);
  });

  test('on lanes that come in fours are those that exchange between them', () => {
    const software = deviceWith(['subgroups'], 4);
    expect(candidates(software, { dimension: 64 })).toEqual(['subgroup', 'unrolled']);
    expect(candidates(software, { dimension: 3 })).toEqual(['subgroup']);
    expect(candidates(software, { dimension: 130 })).toEqual(['subgroup']);
  });

  test('are written out for one dimension only where that is much work', () => {
    expect(isWorthUnrolling(2048, 2048, 64)).toBe(true);
    expect(isWorthUnrolling(2048, 2048, 3)).toBe(false);
    expect(isWorthUnrolling(64, 2 ** 20, 64)).toBe(false);
  });

  test.each([
    ['unrolled', 130, ['subgroups'], 'are for at most 128 dimensions'],
    ['unrolled', 3, ['subgroups'], 'are for more than four dimensions'],
    ['unrolled', 64, [], 'need subgroups, which this device does not have'],
    ['subgroup', 64, [], 'need subgroups, which this device does not have'],
    ['blocked', 4, [], 'are for more than four dimensions'],
    ['workgroup', 3, [], undefined],
  ] as const)('say why not: %s, dimension %i, features %j', (variant, dimension, features, why) => {
    expect(whyNot(variant, deviceWith([...features], 32), { dimension })).toBe(why);
  });
});

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
