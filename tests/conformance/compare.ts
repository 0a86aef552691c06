import type { Batch, Engine, Evaluation } from '../../src/engine/engine.ts';
import { createReferenceEngine } from '../../src/engine/reference/reference-engine.ts';
import type { LossSpec } from '../../src/losses/registry.ts';
import type { Checks } from './checks.ts';
import { scalesOf } from './scales.ts';
import * as tolerances from '../../src/truths/tolerances.ts';

const reference = createReferenceEngine();

/** Below this share of its row scales a gradient is mostly cancellation, and has no relative error to speak of. */
const DEGENERATE = 0.1;

/**
 * Everything an evaluation returns, against the float64 reference computed in the same place.
 * @param trained the losses may be so small that only a relative tolerance says anything.
 */
export async function agreesWithReference(
  checks: Checks,
  engine: Engine,
  spec: LossSpec,
  batch: Batch,
  { trained = false } = {},
): Promise<void> {
  const options = { gradient: true, rowLosses: true } as const;
  const got = await engine.evaluate(spec, batch, options);
  const expected = await reference.evaluate(spec, batch, options);
  const scales = await scalesOf(spec, batch);
  const m = scales.largestLogit;

  checks.near('loss', got.loss, expected.loss, tolerances.meanLoss(engine.backend, expected.loss, m));
  if (trained && expected.loss < 1e-3) {
    checks.near('small loss', got.loss, expected.loss, tolerances.smallLoss(expected.loss, m));
  }
  checks.near('count', got.count, expected.count, 0);
  const rowLosses = expected.rowLosses ?? [];
  checks.allNear('row losses', got.rowLosses, rowLosses, (row) => tolerances.rowLoss(rowLosses[row], m));

  for (const [parameter, gradient] of Object.entries(expected.parameterGradients ?? {})) {
    const tolerance = tolerances.gradient(m) * Math.abs(scales.parameters[parameter]) + tolerances.SMALLEST;
    checks.near(`gradient of ${parameter}`, got.parameterGradients?.[parameter], gradient, tolerance);
  }
  for (const [input, gradient] of gradientsOf(expected)) {
    const actual = gradientsOf(got).find(([name]) => name === input)?.[1];
    compareGradient(checks, `gradient of ${input}`, actual, gradient, scalesFor(input, batch, scales), m);
  }
}

function gradientsOf({ gradient }: Evaluation): [string, Float32Array][] {
  return Object.entries(gradient ?? {});
}

/** The row scales of one input: keys and extra negatives share the columns. */
function scalesFor(
  input: string,
  batch: Batch,
  { rows, columns }: { rows: Float64Array; columns: Float64Array },
) {
  if (input === 'embeddings' || input === 'queries') return rows;
  const keys = 'keys' in batch ? batch.keys.length / batch.dimension : 0;
  return input === 'keys' ? columns.subarray(0, keys) : columns.subarray(keys);
}

function compareGradient(
  checks: Checks,
  what: string,
  got: Float32Array | undefined,
  expected: Float32Array,
  scales: Float64Array,
  m: number,
): void {
  const dimension = expected.length / scales.length;
  checks.allNear(what, got, expected, (index) => {
    return tolerances.gradient(m) * scales[Math.floor(index / dimension)] + tolerances.SMALLEST;
  });
  const size = norm(expected);
  const scale = norm(scales);
  if (got?.length !== expected.length || size < DEGENERATE * scale) return;
  const error = norm(expected.map((value, index) => got[index] - value));
  checks.near(
    `${what}, relative Frobenius error`,
    error,
    0,
    tolerances.gradientFrobenius(m) * size + tolerances.SMALLEST,
  );
}

/** Math.hypot for arrays too long to be arguments. */
function norm(values: Float32Array | Float64Array): number {
  let squared = 0;
  for (const value of values) squared += value * value;
  return Math.sqrt(squared);
}
