import type { FunctionBuilder, Local } from '../wasm/assembler.ts';
import type { Opcode } from '../wasm/opcodes.ts';
import type { Expression } from './syntax.ts';
import { WgslError } from './syntax.ts';
import { booleanOf, commonType, constantOf, knownOf } from './value.ts';
import type { Value } from './value.ts';

type Evaluate = (operand: Expression) => Value;

type Kind = 'f32' | 'u32' | 'bool';

/** Which instruction serves which operator on which kind of number. */
const INSTRUCTIONS: Record<string, Partial<Record<Kind, Opcode>>> = {
  '+': { f32: 'f32x4.add', u32: 'i32x4.add' },
  '-': { f32: 'f32x4.sub', u32: 'i32x4.sub' },
  '*': { f32: 'f32x4.mul', u32: 'i32x4.mul' },
  '/': { f32: 'f32x4.div' },
  '&': { bool: 'v128.and', u32: 'v128.and' },
  '|': { bool: 'v128.or', u32: 'v128.or' },
  '&&': { bool: 'v128.and' },
  '||': { bool: 'v128.or' },
  '==': { f32: 'f32x4.eq', u32: 'i32x4.eq', bool: 'i32x4.eq' },
  '!=': { f32: 'f32x4.ne', u32: 'i32x4.ne', bool: 'i32x4.ne' },
  '<': { f32: 'f32x4.lt', u32: 'i32x4.lt_u' },
  '>': { f32: 'f32x4.gt', u32: 'i32x4.gt_u' },
  '<=': { f32: 'f32x4.le', u32: 'i32x4.le_u' },
  '>=': { f32: 'f32x4.ge', u32: 'i32x4.ge_u' },
};

const KINDS: Record<string, Kind> = {
  f32: 'f32',
  vec4f: 'f32',
  u32: 'u32',
  vec4u: 'u32',
  bool: 'bool',
  'vec4<bool>': 'bool',
};

const SIGN = 0x80000000;

export function unary(
  f: FunctionBuilder,
  { operator, operand, line }: Expression & { kind: 'unary' },
  evaluate: Evaluate,
): Value {
  // -abs(x) sets the sign.
  if (
    operator === '-' &&
    operand.kind === 'call' &&
    operand.callee === 'abs' &&
    operand.arguments.length === 1
  ) {
    const { type, parts } = evaluate(operand.arguments[0]);
    if (KINDS[type] === 'f32') return { type, parts: [f.let('v128.or', parts[0], f.constant(SIGN, 'u32'))] };
  }
  const value = evaluate(operand);
  const known = knownOf(value);
  if (operator === '-' && known !== undefined && value.type !== 'u32') {
    return { ...constantOf(f, 'f32', -known), type: value.type };
  }
  const kind = KINDS[value.type];
  if (operator === '-' && kind === 'f32')
    return { type: value.type, parts: [f.let('f32x4.neg', value.parts[0])] };
  if (operator === '!' && kind === 'bool' && known !== undefined) {
    return booleanOf(f, value.type as 'bool', known === 0);
  }
  if (operator === '!' && kind === 'bool')
    return { type: value.type, parts: [f.let('v128.not', value.parts[0])] };
  throw new WgslError(line, `${operator}${value.type} is not in the subset that runs on the CPU`);
}

export function binary(
  f: FunctionBuilder,
  expression: Expression & { kind: 'binary' },
  evaluate: Evaluate,
): Value {
  const { operator, line } = expression;
  const fused = fuse(f, expression, evaluate);
  if (fused) return fused;
  let left = evaluate(expression.left);
  let right = evaluate(expression.right);
  const folded = fold(operator, left, right);
  if (folded !== undefined) {
    const type = left.type === 'integer' && right.type === 'integer' ? 'integer' : 'f32';
    return constantOf(f, type, folded);
  }
  if (operator === '+' && left.type === 'mat4x4f' && right.type === 'mat4x4f') {
    return {
      type: 'mat4x4f',
      parts: left.parts.map((part, column) => f.let('f32x4.add', part, right.parts[column])),
    };
  }
  left = like(f, left, right);
  right = like(f, right, left);
  const type = commonType(left.type, right.type);
  const opcode = type && INSTRUCTIONS[operator]?.[KINDS[type]];
  if (!type || !opcode) {
    throw new WgslError(
      line,
      `${left.type} ${operator} ${right.type} is not in the subset that runs on the CPU`,
    );
  }
  const simple = KINDS[type] === 'u32' ? undefined : simplify(operator, left, right);
  if (simple) return { ...simple, type };
  const isComparison = /^[=!<>]=?$/.test(operator) && operator !== '!';
  return {
    type: isComparison ? (type.startsWith('vec4') ? 'vec4<bool>' : 'bool') : type,
    parts: [f.let(opcode, left.parts[0], right.parts[0])],
  };
}

/** What is left of an operation where one side is 0, or a known bool. */
function simplify(operator: string, left: Value, right: Value): Value | undefined {
  const [a, b] = [knownOf(left), knownOf(right)];
  switch (operator) {
    case '+':
      return a === 0 ? right : b === 0 ? left : undefined;
    case '-':
      return b === 0 ? left : undefined;
    case '&':
    case '&&':
      if (a !== undefined) return a === 0 ? left : right;
      return b === undefined ? undefined : b === 0 ? right : left;
    case '|':
    case '||':
      if (a !== undefined) return a === 0 ? right : left;
      return b === undefined ? undefined : b === 0 ? left : right;
    default:
      return undefined;
  }
}

/** a b + c, c + a b and c - a b in one instruction each. */
function fuse(
  f: FunctionBuilder,
  { operator, left, right }: Expression & { kind: 'binary' },
  evaluate: Evaluate,
): Value | undefined {
  if (!f.relaxed || (operator !== '+' && operator !== '-')) return undefined;
  const product = isProduct(right) ? right : operator === '+' && isProduct(left) ? left : undefined;
  if (!product) return undefined;
  // In the order of the source: nothing here has an effect, but the same source gives the same code.
  const rest = evaluate(product === right ? left : right);
  const factors = [evaluate(product.left), evaluate(product.right)];
  const [a, b, c] = [...factors, rest].map((value) =>
    value.type === 'integer' ? { ...value, type: 'f32' } : value,
  );
  const productType = commonType(a.type, b.type);
  const type = productType && commonType(productType, c.type);
  if (!type || KINDS[type] !== 'f32') return undefined;
  const parts: [Local, Local, Local] = [a.parts[0], b.parts[0], c.parts[0]];
  return { type, parts: [operator === '+' ? f.multiplyAdd(...parts) : f.multiplySubtract(...parts)] };
}

function isProduct(expression: Expression): expression is Expression & { kind: 'binary' } {
  return expression.kind === 'binary' && expression.operator === '*';
}

/** Arithmetic on numbers that are known now, in double precision, as WGSL has it. */
function fold(operator: string, left: Value, right: Value): number | undefined {
  const [a, b] = [knownOf(left), knownOf(right)];
  const [type, other] = [left.type, right.type];
  if (a === undefined || b === undefined || [type, other].some((one) => one !== 'f32' && one !== 'integer')) {
    return undefined;
  }
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      // Whole numbers divide differently.
      return type === 'integer' && other === 'integer' ? undefined : a / b;
    default:
      return undefined;
  }
}

/** A number without a kind takes on the other's. */
function like(f: FunctionBuilder, value: Value, other: Value): Value {
  const kind = KINDS[other.type];
  const known = knownOf(value);
  if (value.type !== 'integer' || known === undefined || (kind !== 'f32' && kind !== 'u32')) return value;
  return constantOf(f, kind, known);
}
