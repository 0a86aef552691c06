import { exp, log } from '../wasm/arithmetic.ts';
import type { FunctionBuilder, Local } from '../wasm/assembler.ts';
import { commonType, constantOf, knownOf } from './value.ts';
import type { Value } from './value.ts';

type BuiltIn = (f: FunctionBuilder, values: Value[], reject: (message: string) => never) => Value;

const isFloat = ({ type }: Value): boolean => type === 'f32' || type === 'vec4f';

/** A function of numbers that gives one of the same type. */
function ofFloats(count: number, compute: (f: FunctionBuilder, ...parts: Local[]) => Local): BuiltIn {
  return (f, values, reject) => {
    const [first, ...others] = values;
    if (values.length !== count || !values.every(isFloat) || others.some(({ type }) => type !== first.type)) {
      reject(`expected ${count} of f32 or vec4f, got ${values.map(({ type }) => type).join(', ')}`);
    }
    return { type: first.type, parts: [compute(f, ...values.map(({ parts }) => parts[0]))] };
  };
}

/** vec4f() and the like: zero, one scalar four times, or numbers of another kind. */
function vectorOf(type: string, scalar: string): BuiltIn {
  return (f, values, reject) => {
    const [value] = values;
    if (!value) return { type, parts: [f.constant(0)] };
    if (values.length > 1) reject('expected one value for all four numbers');
    const known = knownOf(value);
    if (value.type === 'integer' && known !== undefined && (scalar === 'f32' || scalar === 'u32')) {
      return { ...constantOf(f, scalar, known), type };
    }
    if (value.type === scalar || value.type === type) return { ...value, type };
    const [part] = value.parts;
    switch (`${value.type} to ${scalar}`) {
      case 'vec4f to u32':
        return { type, parts: [f.let('i32x4.trunc_sat_f32x4_u', part)] };
      case 'vec4u to f32':
        return { type, parts: [f.let('f32x4.convert_i32x4_u', part)] };
      case 'vec4<bool> to f32':
        return { type, parts: [f.let('v128.and', f.constant(1), part)] };
      default:
        return reject(`expected ${scalar}, got ${value.type}`);
    }
  };
}

/** select(otherwise, value, condition). Zeros take one instruction less. */
const select: BuiltIn = (f, values, reject) => {
  const [otherwise, value, condition] = values;
  const type = values.length === 3 ? commonType(otherwise.type, value.type) : undefined;
  if (!type || !/bool/.test(condition.type) || otherwise.parts.length > 1) {
    return reject(`expected two of a kind and a bool, got ${values.map((one) => one.type).join(', ')}`);
  }
  const known = knownOf(condition);
  if (known !== undefined) return { ...(known === 0 ? otherwise : value), type };
  const [no, yes, mask] = values.map(({ parts }) => parts[0]);
  if (knownOf(otherwise) === 0) return { type, parts: [f.let('v128.and', yes, mask)] };
  if (knownOf(value) === 0) return { type, parts: [f.let('v128.andnot', no, mask)] };
  return { type, parts: [f.select(yes, no, mask)] };
};

/** The built-in functions and conversions of the subset. min and max differ from WebAssembly's for NaN alone. */
export const BUILT_INS: Record<string, BuiltIn | undefined> = {
  exp: ofFloats(1, exp),
  log: ofFloats(1, log),
  abs: ofFloats(1, (f, x) => f.let('f32x4.abs', x)),
  sqrt: ofFloats(1, (f, x) => f.let('f32x4.sqrt', x)),
  min: ofFloats(2, (f, x, y) => f.let('f32x4.pmin', x, y)),
  max: ofFloats(2, (f, x, y) => f.let('f32x4.pmax', x, y)),
  select,
  vec4f: vectorOf('vec4f', 'f32'),
  vec4u: vectorOf('vec4u', 'u32'),
  'vec4<bool>': vectorOf('vec4<bool>', 'bool'),
};
