/** Functions of single precision that WebAssembly lacks, four numbers at a time. None of them makes NaN or infinity. */
import type { FunctionBuilder, Local } from './assembler.ts';

/** exp(x) is below the smallest normal number from here on, and 0 here. */
const LOWEST_EXPONENT = -87.33;
const HIGHEST_EXPONENT = 88.37;

/** ln 2 in two parts, the first with zeros at its end, so that its small multiples are exact. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = Math.LN2 - LN2_HIGH;

/** Adding it rounds to a whole number, which then lies in the lowest bits. */
const ROUNDING = 1.5 * 2 ** 23;

/** (exp(r) - 1 - r) / r^2 for |r| <= ln(2) / 2, lowest power first: least in the largest relative error of exp, 1.1e-7. */
const [E0, E1, E2, E3] = [0.4999923030829181, 0.16667115389360473, 0.04189033171498734, 0.008312501296769742];

/**
 * exp(x) to 2 ulp, and |x| / 40 ulp more where multiply-adds are fused; 0 below -87.3; above 88.3 what it is there.
 * exp(x) = 2^n exp(r) with n = round(x / ln 2), r = x - n ln 2. Every kernel waits for it: the series is summed in pairs.
 */
export function exp(f: FunctionBuilder, x: Local): Local {
  const bounded = f.let('f32x4.pmin', x, HIGHEST_EXPONENT);
  const shifted = f.multiplyAdd(bounded, Math.LOG2E, ROUNDING);
  const n = f.let('f32x4.sub', shifted, ROUNDING);
  // Fused, the product is exact, and ln 2 in single precision will do.
  const r = f.relaxed
    ? f.multiplySubtract(n, Math.LN2, bounded)
    : f.multiplySubtract(n, LN2_LOW, f.multiplySubtract(n, LN2_HIGH, bounded));
  const squared = f.let('f32x4.mul', r, r);
  const series = f.multiplyAdd(f.multiplyAdd(r, E3, E2), squared, f.multiplyAdd(r, E1, E0));
  const power = f.multiplyAdd(series, squared, f.let('f32x4.add', r, 1));
  // The exponent's bits begin at bit 23.
  const result = f.let('i32x4.add', power, f.let('i32x4.shl', shifted, 23));
  return f.let('v128.and', result, f.let('f32x4.gt', x, LOWEST_EXPONENT));
}

/** (log(1 + t) - t + t^2 / 2) / t^3 for sqrt(1/2) - 1 <= t <= sqrt(2) - 1, lowest power first (Cephes, logf). */
const LOG_COEFFICIENTS = [
  3.3333331174e-1, -2.4999993993e-1, 2.0000714765e-1, -1.6668057665e-1, 1.4249322787e-1, -1.2420140846e-1,
  1.167699874e-1, -1.151461031e-1, 7.0376836292e-2,
];

/** The bits of sqrt(1/2), where the range of the logarithm's series begins. */
const SQRT_HALF_BITS = 0x3f3504f3;

/** log(x) to about 1 ulp for normal x > 0. log(x) = e ln 2 + log(1 + t) with x = 2^e (1 + t). */
export function log(f: FunctionBuilder, x: Local): Local {
  const offset = f.let('i32x4.sub', x, f.constant(SQRT_HALF_BITS, 'u32'));
  const exponent = f.let('f32x4.convert_i32x4_s', f.let('i32x4.shr_s', offset, 23));
  const fraction = f.let('v128.and', offset, f.constant(0x7fffff, 'u32'));
  const t = f.let('f32x4.sub', f.let('i32x4.add', fraction, f.constant(SQRT_HALF_BITS, 'u32')), 1);
  const squared = f.let('f32x4.mul', t, t);
  const cubic = f.let('f32x4.mul', f.let('f32x4.mul', squared, t), polynomial(f, t, LOG_COEFFICIENTS));
  const small = f.multiplySubtract(squared, 0.5, f.multiplyAdd(exponent, LN2_LOW, cubic));
  return f.multiplyAdd(exponent, LN2_HIGH, f.let('f32x4.add', t, small));
}

/** Horner's scheme. */
function polynomial(f: FunctionBuilder, x: Local, coefficients: readonly number[]): Local {
  let sum = f.constant(coefficients[coefficients.length - 1]);
  for (const coefficient of coefficients.toReversed().slice(1)) sum = f.multiplyAdd(sum, x, coefficient);
  return sum;
}
