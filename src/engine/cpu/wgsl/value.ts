import type { FunctionBuilder, Local } from '../wasm/assembler.ts';

/** What an expression comes to. */
export interface Value {
  /** As WGSL calls it; 'integer' for a number that may become either kind. */
  type: string;
  /** One vector, or those of a struct's fields. */
  parts: Local[];
}

/** The number, or all four of them, where it is known now; of a bool, 0 where it is false. */
export function knownOf({ parts }: Value): number | undefined {
  return parts[0]?.constant;
}

/** A bool, with all bits set or none. */
export function booleanOf(f: FunctionBuilder, type: 'bool' | 'vec4<bool>', value: boolean): Value {
  return { type, parts: [f.constant(value ? 0xffffffff : 0, 'u32')] };
}

export function constantOf(f: FunctionBuilder, type: 'f32' | 'u32' | 'integer', value: number): Value {
  return { type, parts: [f.constant(value, type === 'u32' ? 'u32' : 'f32')] };
}

/** The type of the result where a scalar meets a vector of its kind, or undefined where two do not go together. */
export function commonType(a: string, b: string): string | undefined {
  if (a === b) return a;
  const pairs: Record<string, string> = { f32: 'vec4f', u32: 'vec4u', bool: 'vec4<bool>' };
  if (pairs[a] === b) return b;
  return pairs[b] === a ? a : undefined;
}
