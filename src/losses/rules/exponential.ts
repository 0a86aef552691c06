/** Steps per octave, and octaves until the result is below anything single precision holds. */
const STEPS = 32;
const OCTAVES = 150;

const SCALE = -STEPS * Math.LOG2E;
const STEP = Math.LN2 / STEPS;

/** 2^(-index / STEPS). */
const POWERS = Float64Array.from({ length: STEPS * OCTAVES }, (_, index) => 2 ** (-index / STEPS));

/**
 * exp(x) for x <= 0, to a relative 4e-11, and 0 below 2^-150: a table of powers and four terms of the series. For inner
 * loops: Math.exp is a call out of compiled code and takes three times as long.
 */
export function expNegative(x: number): number {
  const position = x * SCALE;
  if (!(position < STEPS * OCTAVES)) return 0;
  const index = position | 0;
  const rest = (index - position) * STEP;
  return POWERS[index] * (1 + rest * (1 + rest * (1 / 2 + rest * (1 / 6 + rest * (1 / 24)))));
}
