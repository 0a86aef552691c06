/** What two points are to each other: how the kernels find out, and how the loss's WGSL is told. */
import type { FunctionBuilder, Local, ModuleBuilder } from '../wasm/assembler.ts';
import { booleanOf } from '../wgsl/value.ts';
import type { Value } from '../wgsl/value.ts';
import type { KernelShape } from './scope.ts';
import { VECTOR } from './tile.ts';

/** What two points are to each other, as the pair functions see it. */
export const RELATION = 'struct Relation { positive: vec4<bool>, negative: vec4<bool> }';

/** Labels of points are 0 and above. Padding is no candidate; extra negatives match nobody. */
export const PADDING = -1;
export const NOBODY = -2;

export function writeIsPlain(module: ModuleBuilder, shape: KernelShape): void {
  module.function('isPlain', 4, (f, rowLabels, rowQuads, columnLabels, columns) => {
    const others = f.zeros();
    const note = (mask: Local) => f.assign(others, 'v128.or', others, mask);
    f.forEachOf(rowLabels, rowQuads, VECTOR, (at) => {
      const rows = f.load(at);
      note(f.let('i32x4.eq', rows, f.constant(PADDING >>> 0, 'u32')));
      f.forEachOf(columnLabels, columns, 4, (label) => {
        const column = f.loadSplat(label);
        note(f.let('i32x4.eq', rows, column));
        if (shape.isExclusive) note(f.let('i32x4.ne', column, f.constant(NOBODY >>> 0, 'u32')));
      });
    });
    return f.letInteger('i32.eqz', f.letInteger('v128.any_true', others));
  });
}

/** What the points of a loop are to each other, from labels and, in one set, from indices. */
export function relate(
  f: FunctionBuilder,
  shape: KernelShape,
  row: { labels: Local; points: Local },
  column: { labels: Local; points: Local },
): Value {
  const matching = f.let('i32x4.eq', row.labels, column.labels);
  const inside = f.let('i32x4.gt_s', row.labels, f.constant(PADDING >>> 0, 'u32'));
  let negative = f.let('v128.andnot', inside, matching);
  if (shape.isExclusive) {
    const isNobody = f.let('i32x4.eq', column.labels, f.constant(NOBODY >>> 0, 'u32'));
    negative = f.let('v128.and', negative, isNobody);
  }
  let positive = matching;
  if (shape.isOneSet) positive = f.let('v128.and', matching, f.let('i32x4.ne', row.points, column.points));
  return { type: 'Relation', parts: [positive, negative] };
}

/** Indices that are counted along with a loop, as vectors. */
export function counting(
  f: FunctionBuilder,
  first: Local,
  step: number,
  lanes: number[],
): { points: Local; next(): void } {
  const points = f.let('i32x4.add', f.let('i32x4.splat', first), f.constant(lanes, 'u32'));
  return { points, next: () => f.assign(points, 'i32x4.add', points, f.constant(step, 'u32')) };
}

export const QUAD_LANES = [0, 1, 2, 3];
export const SAME_LANES = [0, 0, 0, 0];

/** All pairs are negatives. */
export function plainRelation(f: FunctionBuilder): Value {
  const [never, always] = [false, true].map((value) => booleanOf(f, 'vec4<bool>', value).parts);
  return { type: 'Relation', parts: [...never, ...always] };
}
