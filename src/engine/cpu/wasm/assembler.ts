/**
 * A small assembler: functions over numbered variables, written in the order in which they run, and the module that
 * holds them. What it writes is meant for the browser's optimizing compiler, so every result simply gets a variable.
 */
import type { Opcode } from './opcodes.ts';
import { encodeOpcode, signed, unsigned } from './opcodes.ts';

const I32 = 0x7f;
const V128 = 0x7b;
const NO_RESULT = 0x40;
/** '\0asm', version 1. */
const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const MOST_PAGES = 65_536;

/** A variable of a function: a 32-bit integer, or a vector of four numbers. */
export interface Local {
  readonly index: number;
  readonly type: typeof I32 | typeof V128;
  /** What all four numbers are, where that is known now and never changes. */
  readonly constant?: number;
}

/** What instructions take: a variable, or a number, which stands for itself; among vectors, for four f32 of it. */
export type Operand = Local | number;

/** Where `leave` goes to. */
export interface Label {
  readonly depth: number;
}

/** Writes one function. */
export class FunctionBuilder {
  /** Whether relaxed SIMD may be used: multiply-adds with one rounding, and selection in one instruction. */
  readonly relaxed: boolean;
  private readonly parameters: number;
  private readonly types: Local['type'][] = [];
  private readonly constants = new Map<string, Local>();
  private readonly prologue: number[] = [];
  private readonly code: number[] = [];
  private depth = 0;

  constructor(parameters: number, relaxed: boolean) {
    this.parameters = parameters;
    this.relaxed = relaxed;
  }

  parameter(index: number): Local {
    return { index, type: I32 };
  }

  integer(): Local {
    return this.declare(I32);
  }

  vector(): Local {
    return this.declare(V128);
  }

  /** All four numbers of a vector taken together, four times. */
  ofAll(opcode: 'f32x4.add' | 'f32x4.pmin' | 'f32x4.pmax', vector: Local): Local {
    const halves = this.let(opcode, vector, this.shuffle(vector, vector, [2, 3, 0, 1]));
    return this.let(opcode, halves, this.shuffle(halves, halves, [1, 0, 3, 2]));
  }

  /** A vector of zeros, to be added to. */
  zeros(): Local {
    const sum = this.vector();
    this.copy(sum, 0);
    return sum;
  }

  /** The address behind `count` things of so many bytes. */
  after(start: Local, count: Local, bytes: number): Local {
    return this.letInteger('i32.add', start, this.letInteger('i32.mul', count, bytes));
  }

  /** A vector of constants: four f32, or u32 or two f64 where said so. Set once at the start, outside of all loops. */
  constant(values: number | readonly number[], as: 'f32' | 'u32' | 'f64' = 'f32'): Local {
    const isOne = typeof values === 'number';
    const lanes = isOne ? Array.from({ length: as === 'f64' ? 2 : 4 }, () => values) : values;
    const key = `${as} ${lanes.join()}`;
    const known = this.constants.get(key);
    if (known) return known;
    const local = { ...this.vector(), constant: isOne ? values : undefined };
    this.constants.set(key, local);
    const numbers = { f32: Float32Array, u32: Uint32Array, f64: Float64Array };
    const bytes = new Uint8Array(numbers[as].from(lanes).buffer);
    this.prologue.push(0xfd, 0x0c, ...bytes, 0x21, ...unsigned(local.index));
    return local;
  }

  /** target = opcode(operands). */
  assign(target: Local, opcode: Opcode, ...operands: Operand[]): void {
    this.apply(opcode, operands);
    this.code.push(0x21, ...unsigned(target.index));
  }

  /** A new vector = opcode(operands). */
  let(opcode: Opcode, ...operands: Operand[]): Local {
    const target = this.vector();
    this.assign(target, opcode, ...operands);
    return target;
  }

  /** A new integer = opcode(operands). */
  letInteger(opcode: Opcode, ...operands: Operand[]): Local {
    const target = this.integer();
    this.assign(target, opcode, ...operands);
    return target;
  }

  copy(target: Local, source: Operand): void {
    this.push(source, target.type);
    this.code.push(0x21, ...unsigned(target.index));
  }

  /** Four numbers from memory. */
  load(address: Local, offset = 0): Local {
    return this.loadAs('v128.load', address, offset);
  }

  /** One number from memory, four times. */
  loadSplat(address: Local, offset = 0): Local {
    return this.loadAs('v128.load32_splat', address, offset);
  }

  /** One number from memory, and three zeros. */
  loadOne(address: Local, offset = 0): Local {
    return this.loadAs('v128.load32_zero', address, offset);
  }

  /** One f64 from memory, twice. */
  loadDouble(address: Local, offset = 0): Local {
    return this.loadAs('v128.load64_splat', address, offset);
  }

  store(address: Local, offset: number, value: Operand): void {
    this.push(address, I32);
    this.push(value, V128);
    this.code.push(...encodeOpcode('v128.store'), ...memoryArgument(2, offset));
  }

  /** The first of four numbers. */
  storeOne(address: Local, offset: number, value: Local): void {
    this.push(address, I32);
    this.push(value, V128);
    this.code.push(...encodeOpcode('v128.store32_lane'), ...memoryArgument(2, offset), 0);
  }

  /** target = a b + target, in one rounding where there is relaxed SIMD. */
  accumulateProduct(target: Local, a: Operand, b: Operand): void {
    this.copy(target, this.multiplyAdd(a, b, target));
  }

  /** a b + c. */
  multiplyAdd(a: Operand, b: Operand, c: Operand): Local {
    if (this.relaxed) return this.let('f32x4.relaxed_madd', a, b, c);
    return this.let('f32x4.add', this.let('f32x4.mul', a, b), c);
  }

  /** c - a b. */
  multiplySubtract(a: Operand, b: Operand, c: Operand): Local {
    if (this.relaxed) return this.let('f32x4.relaxed_nmadd', a, b, c);
    return this.let('f32x4.sub', c, this.let('f32x4.mul', a, b));
  }

  /** Per number: a where all bits of the mask are set, b where none is. */
  select(a: Operand, b: Operand, mask: Local): Local {
    return this.let(this.relaxed ? 'i32x4.relaxed_laneselect' : 'v128.bitselect', a, b, mask);
  }

  /** The numbers 0-3 of `a` and 4-7 of `b`, in the order given. */
  shuffle(a: Local, b: Local, lanes: readonly number[]): Local {
    this.push(a, V128);
    this.push(b, V128);
    const bytes = lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]);
    const target = this.vector();
    this.code.push(...encodeOpcode('i8x16.shuffle'), ...bytes, 0x21, ...unsigned(target.index));
    return target;
  }

  /** Runs the body for each address from `start` up to, but not including, `end`. */
  forEach(start: Operand, end: Operand, step: number, body: (at: Local) => void): void {
    const at = this.integer();
    this.copy(at, start);
    this.if(this.letInteger('i32.lt_u', at, end), () => {
      this.code.push(0x03, NO_RESULT);
      this.depth++;
      body(at);
      this.assign(at, 'i32.add', at, step);
      this.apply('i32.lt_u', [at, end]);
      this.code.push(0x0d, 0);
      this.end();
    });
  }

  /** Runs the body for each of `count` places, `bytes` apart. */
  forEachOf(start: Local, count: Local, bytes: number, body: (at: Local) => void): void {
    this.forEach(start, this.after(start, count, bytes), bytes, body);
  }

  /** An address that moves along with a loop. */
  moving(start: Local): { at: Local; move(bytes: number): void } {
    const at = this.integer();
    this.copy(at, start);
    return { at, move: (bytes) => this.assign(at, 'i32.add', at, bytes) };
  }

  if(condition: Local, then: () => void, otherwise?: () => void): void {
    this.push(condition, I32);
    this.code.push(0x04, NO_RESULT);
    this.depth++;
    then();
    if (otherwise) {
      this.code.push(0x05);
      otherwise();
    }
    this.end();
  }

  /** A body that `leave` can end early. */
  block(body: (label: Label) => void): void {
    this.code.push(0x02, NO_RESULT);
    this.depth++;
    body({ depth: this.depth });
    this.end();
  }

  leave(label: Label): void {
    this.code.push(0x0c, ...unsigned(this.depth - label.depth));
  }

  /** The function's entry in the module's code section. */
  encode(result?: Local): number[] {
    if (result) this.push(result, I32);
    const groups: [count: number, type: number][] = [];
    for (const type of this.types) {
      const last = groups.at(-1);
      if (last?.[1] === type) last[0]++;
      else groups.push([1, type]);
    }
    const locals = groups.flatMap(([count, type]) => [...unsigned(count), type]);
    const body = [...unsigned(groups.length), ...locals, ...this.prologue, ...this.code, 0x0b];
    return [...unsigned(body.length), ...body];
  }

  private declare(type: Local['type']): Local {
    this.types.push(type);
    return { index: this.parameters + this.types.length - 1, type };
  }

  private loadAs(
    opcode: 'v128.load' | 'v128.load32_splat' | 'v128.load32_zero' | 'v128.load64_splat',
    address: Local,
    offset: number,
  ): Local {
    const target = this.vector();
    this.push(address, I32);
    this.code.push(...encodeOpcode(opcode), ...memoryArgument(2, offset), 0x21, ...unsigned(target.index));
    return target;
  }

  private apply(opcode: Opcode, operands: Operand[]): void {
    // Numbers are vectors among vectors; the count of a shift is an integer.
    const isVector = operands.some((operand) => typeof operand !== 'number' && operand.type === V128);
    const isShift = opcode.startsWith('i32x4.sh');
    operands.forEach((operand, position) =>
      this.push(operand, isVector && !(isShift && position === 1) ? V128 : I32),
    );
    this.code.push(...encodeOpcode(opcode));
  }

  private push(operand: Operand, type: Local['type']): void {
    if (typeof operand !== 'number') {
      this.code.push(0x20, ...unsigned(operand.index));
    } else if (type === V128) {
      this.push(this.constant(operand), V128);
    } else {
      this.code.push(0x41, ...signed(operand));
    }
  }

  private end(): void {
    this.code.push(0x0b);
    this.depth--;
  }
}

function memoryArgument(alignment: number, offset: number): number[] {
  return [...unsigned(alignment), ...unsigned(offset)];
}

/** The functions of one module, which imports its memory as `host.memory` and exports them all. */
export class ModuleBuilder {
  private readonly relaxed: boolean;
  private readonly functions: { name: string; parameters: number; returns: boolean; code: number[] }[] = [];

  constructor(relaxed: boolean) {
    this.relaxed = relaxed;
  }

  /** Adds an exported function over integers, which returns the integer that `write` does, if any. */
  function(
    name: string,
    parameters: number,
    write: (f: FunctionBuilder, ...values: Local[]) => Local | void,
  ): void {
    const f = new FunctionBuilder(parameters, this.relaxed);
    const result = write(f, ...Array.from({ length: parameters }, (_, index) => f.parameter(index)));
    this.functions.push({ name, parameters, returns: Boolean(result), code: f.encode(result || undefined) });
  }

  /** The module's bytes. Memory that threads share is imported as such. */
  encode(shared = false): Uint8Array<ArrayBuffer> {
    const types = this.functions.map(({ parameters, returns }) => [
      0x60,
      ...list(Array.from({ length: parameters }, () => [I32])),
      ...list(returns ? [[I32]] : []),
    ]);
    const limits = shared ? [0x03, 0, ...unsigned(MOST_PAGES)] : [0x00, 0];
    const exported = this.functions.map(({ name }, index) => [...text(name), 0, ...unsigned(index)]);
    return Uint8Array.from([
      ...HEADER,
      ...section(1, list(types)),
      ...section(2, list([[...text('host'), ...text('memory'), 0x02, ...limits]])),
      ...section(3, list(this.functions.map((_, index) => unsigned(index)))),
      ...section(7, list(exported)),
      ...section(10, list(this.functions.map(({ code }) => code))),
    ]);
  }
}

function section(id: number, content: number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function list(items: number[][]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): number[] {
  const bytes = [...new TextEncoder().encode(value)];
  return [...unsigned(bytes.length), ...bytes];
}
