/** What the kernels of softmax losses share: those whose negatives are pushed by logitScale x exp(logit - shift). */
import type { FunctionBuilder, Local } from '../wasm/assembler.ts';
import type { Inliner } from '../wgsl/inline.ts';
import type { Program } from '../wgsl/syntax.ts';
import { loadStruct, storeStruct } from './scope.ts';
import type { Scope } from './scope.ts';
import { COLUMN_BYTES, VECTOR } from './tile.ts';

/**
 * What anchors may be apart where they share one exponential: exp(40) is far from overflow, and exp(-87), which is lost, is
 * nothing beside exp(-40).
 */
export const FARTHEST = 40;

/** From here on, logits are too coarse in single precision for exponents to be their differences with nothing else done. */
const COARSE = 1e6;

/** Whether negatives are pushed so; a loss then has to have Parameters.logitScale and Statistics.negatives, too. */
export function isSoftmax({ functions }: Program): boolean {
  return functions.has('pushShift');
}

/** Anchors take in a sum of exponentials each, all beside the same maximum. */
export function takeIn(
  f: FunctionBuilder,
  scope: Scope,
  loss: Inliner,
  statistics: Local,
  quads: Local,
  maximum: Local,
  sums: Local,
): void {
  const sum = f.moving(sums);
  f.forEachOf(statistics, quads, scope.statistics * VECTOR, (at) => {
    const seen = loss.variable('Statistics', loss.call('emptyStatistics'));
    loss.assign(loss.member(seen, 'negatives'), { type: 'LogSumExp', parts: [maximum, f.load(sum.at)] });
    const before = loadStruct(f, 'Statistics', scope.statistics, at);
    storeStruct(f, loss.call('combine', before, seen), at);
    sum.move(VECTOR);
  });
}

/** 1 where sums of exponentials, the least of which is given, can all stand beside one maximum. */
export function areClose(f: FunctionBuilder, least: Local, maximum: Local): Local {
  const isTooSmall = f.let('f32x4.lt', least, Math.exp(-FARTHEST));
  return f.letInteger(
    'i32.eqz',
    f.letInteger('v128.any_true', f.let('v128.or', isTooSmall, isCoarse(f, maximum))),
  );
}

export function isCoarse(f: FunctionBuilder, logits: Local): Local {
  return f.let('f32x4.gt', f.let('f32x4.abs', logits), COARSE);
}

/** The greatest number of a tile, four times. */
export function greatestOf(f: FunctionBuilder, tile: Local, rowsBytes: Local, columns: Local): Local {
  const greatest = [f.vector(), f.vector()];
  for (const each of greatest) f.copy(each, -Infinity);
  f.forEachOf(tile, columns, COLUMN_BYTES, (column) =>
    f.forEach(column, f.letInteger('i32.add', column, rowsBytes), 2 * VECTOR, (at) =>
      greatest.forEach((each, quad) => f.assign(each, 'f32x4.pmax', each, f.load(at, quad * VECTOR))),
    ),
  );
  return f.ofAll('f32x4.pmax', f.let('f32x4.pmax', ...greatest));
}
