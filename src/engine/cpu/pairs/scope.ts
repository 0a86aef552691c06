/** What the kernels of one loss are written with: its WGSL, and how its structs lie in memory. */
import type { FunctionBuilder, Local } from '../wasm/assembler.ts';
import { Inliner } from '../wgsl/inline.ts';
import type { Program } from '../wgsl/syntax.ts';
import type { Value } from '../wgsl/value.ts';
import { VECTOR } from './tile.ts';

/** What the kernels are made for; everything else about a batch is data. */
export interface KernelShape {
  dimension: number;
  /** Rows and columns are one set, in which no point is its own pair. */
  isOneSet: boolean;
  /** Extra negatives are the only negatives. */
  isExclusive: boolean;
  /** Whether the columns look for their positives, too. */
  columnsAreAnchors: boolean;
}

export interface Scope {
  program: Program;
  shape: KernelShape;
  /** What the WGSL calls what an anchor gathers, and the function that makes it empty. */
  names: { statistics: string; empty: string };
  /** Vectors per quad of anchors. */
  statistics: number;
  anchor: number;
}

/** The fields of struct Parameters, which lie at the start of memory in this order. */
export function parameterNames({ structs }: Program): string[] {
  return (structs.get('Parameters') ?? []).map(({ name }) => name);
}

/** What the loss's functions need, with its parameters at hand. */
export function open(f: FunctionBuilder, { program }: Scope): { loss: Inliner; parameters: Value } {
  const address = f.integer();
  f.copy(address, 0);
  const parts = parameterNames(program).map((_, index) => f.loadSplat(address, 4 * index));
  const parameters = { type: 'Parameters', parts };
  return { loss: new Inliner(f, program, { parameters }), parameters };
}

export function loadStruct(f: FunctionBuilder, type: string, count: number, at: Local): Value {
  return { type, parts: Array.from({ length: count }, (_, part) => f.load(at, part * VECTOR)) };
}

/** One anchor of a quad, four times. */
export function loadSpread(f: FunctionBuilder, type: string, count: number, at: Local): Value {
  return { type, parts: Array.from({ length: count }, (_, part) => f.loadSplat(at, part * VECTOR)) };
}

export function storeStruct(f: FunctionBuilder, value: Value, at: Local): void {
  value.parts.forEach((part, index) => f.store(at, index * VECTOR, part));
}
