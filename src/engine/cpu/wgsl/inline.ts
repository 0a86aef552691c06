/**
 * Writes WGSL functions out as WebAssembly, for four anchors at once as they stand: a vec4f is a vector of WebAssembly.
 * Scalars are vectors of four equal numbers, a bool has all bits set or none, a struct is its fields side by side, a matrix
 * its columns, and every call is written out in place, so that a kernel has no calls left.
 */
import type { FunctionBuilder, Label, Local } from '../wasm/assembler.ts';
import { BUILT_INS } from './built-ins.ts';
import { booleanOf, constantOf, knownOf } from './value.ts';
import type { Value } from './value.ts';
import { binary, unary } from './operators.ts';
import type { Expression, FunctionDeclaration, Program, Statement } from './syntax.ts';
import { partsOf, WgslError } from './syntax.ts';

/** What a name stands for: something fixed, or a variable whose parts are assigned to. */
interface Binding {
  value: Value;
  mutable: boolean;
}

/** One call under way. */
interface Frame {
  names: Map<string, Binding>;
  result: string | undefined;
  /** Where results go and what to leave, where the function returns from within; else the last statement returns. */
  exit: { parts: Local[]; label: Label } | undefined;
}

const SCALARS: Record<string, string> = { vec4f: 'f32', vec4u: 'u32', 'vec4<bool>': 'bool' };

export class Inliner {
  private readonly f: FunctionBuilder;
  private readonly program: Program;
  private readonly globals: Map<string, Value>;

  /** @param globals what the names of bindings stand for. */
  constructor(f: FunctionBuilder, program: Program, globals: Record<string, Value> = {}) {
    this.f = f;
    this.program = program;
    this.globals = new Map(Object.entries(globals));
  }

  /** A variable of its own, for a parameter of type ptr. */
  variable(type: string, initial?: Value): Value {
    const parts = Array.from({ length: partsOf(this.program, type) }, () => this.f.vector());
    const variable = { type, parts };
    if (initial) this.assign(variable, initial);
    return variable;
  }

  assign(variable: Value, value: Value): void {
    variable.parts.forEach((part, index) => this.f.copy(part, value.parts[index]));
  }

  /**
   * Writes out a call. A parameter of type ptr takes a `variable`, which is changed.
   * @throws WgslError for what is not in the subset.
   */
  call(name: string, ...values: Value[]): Value {
    const declared = this.program.functions.get(name);
    if (!declared) throw new Error(`The WGSL has no function ${name}.`);
    return this.callDeclared(declared, values, declared.line);
  }

  private callDeclared(declared: FunctionDeclaration, values: Value[], line: number): Value {
    const { name, parameters, body, result } = declared;
    if (values.length !== parameters.length) {
      throw new WgslError(line, `${name} takes ${parameters.length} values, got ${values.length}`);
    }
    const names = new Map<string, Binding>();
    parameters.forEach((parameter, index) => {
      const pointee = /^ptr<function,(.*)>$/.exec(parameter.type)?.[1];
      const value = this.convert(values[index], pointee ?? parameter.type, line);
      names.set(parameter.name, { value, mutable: pointee !== undefined });
    });
    const frame: Frame = { names, result, exit: undefined };
    const last = body.at(-1);
    const returnsOnlyAtTheEnd =
      !body.slice(0, -1).some(mayReturn) && (!last || last.kind === 'return' || !mayReturn(last));
    if (returnsOnlyAtTheEnd) return this.run(body, frame) ?? { type: 'nothing', parts: [] };
    const parts = Array.from({ length: result ? partsOf(this.program, result) : 0 }, () => this.f.vector());
    this.f.block((label) => {
      frame.exit = { parts, label };
      this.run(body, frame);
    });
    return { type: result ?? 'nothing', parts };
  }

  /** Returns what a `return` at the end gives, where nothing has to be left for it. */
  private run(statements: Statement[], frame: Frame): Value | undefined {
    for (const statement of statements) {
      switch (statement.kind) {
        case 'declare':
          this.declare(statement, frame);
          break;
        case 'assign': {
          const target = this.place(statement.target, frame);
          const { operator, line } = statement;
          const value = operator
            ? this.evaluate(
                { kind: 'binary', line, operator, left: statement.target, right: statement.value },
                frame,
              )
            : this.evaluate(statement.value, frame);
          this.assign(target, this.convert(value, target.type, line));
          break;
        }
        case 'if': {
          const inner = (branch: Statement[]) => () =>
            void this.run(branch, { ...frame, names: new Map(frame.names) });
          const mask = this.condition(statement.condition, frame);
          const { accepted, otherwise } = statement;
          const known = knownOf(mask);
          if (known !== undefined) {
            inner(known === 0 ? otherwise : accepted)();
            break;
          }
          const condition = this.f.letInteger('v128.any_true', mask.parts[0]);
          this.f.if(condition, inner(accepted), otherwise.length > 0 ? inner(otherwise) : undefined);
          break;
        }
        case 'call':
          this.evaluate(statement.call, frame);
          break;
        case 'return': {
          const value = statement.value && this.evaluate(statement.value, frame);
          const result = value && this.convert(value, frame.result ?? 'nothing', statement.line);
          if (!frame.exit) return result;
          if (result) frame.exit.parts.forEach((part, index) => this.f.copy(part, result.parts[index]));
          this.f.leave(frame.exit.label);
          break;
        }
      }
    }
    return undefined;
  }

  private declare(statement: Statement & { kind: 'declare' }, frame: Frame): void {
    const { name, type, value, mutable, line } = statement;
    if (!value && !type) throw new WgslError(line, `${name} has neither a type nor a value`);
    let initial = value ? this.evaluate(value, frame) : this.zero(type!, line);
    if (type) initial = this.convert(initial, type, line);
    else if (initial.type === 'integer') throw new WgslError(line, `${name} needs a type: f32 or u32`);
    frame.names.set(name, { value: mutable ? this.variable(initial.type, initial) : initial, mutable });
  }

  /** What an assignment changes. */
  private place(target: Expression, frame: Frame): Value {
    switch (target.kind) {
      case 'name': {
        const binding = frame.names.get(target.name);
        if (!binding?.mutable) throw new WgslError(target.line, `${target.name} is not a variable`);
        return binding.value;
      }
      case 'member':
        return this.member(this.place(target.object, frame), target.field, target.line);
      case 'index': {
        const matrix = this.place(target.object, frame);
        if (matrix.type === 'mat4x4f') return this.column(matrix, target.index, target.line);
        break;
      }
      case 'unary':
        if (target.operator === '*') return this.place(target.operand, frame);
    }
    throw new WgslError(target.line, 'expected a variable, a field or a column of one');
  }

  /** A bool, or what `any` asks about: either way it holds if any of the four does. */
  private condition(expression: Expression, frame: Frame): Value {
    const isAny = expression.kind === 'call' && expression.callee === 'any';
    const mask = this.evaluate(isAny ? expression.arguments[0] : expression, frame);
    if (mask.type !== (isAny ? 'vec4<bool>' : 'bool')) {
      throw new WgslError(expression.line, `a condition is a bool or any(vec4<bool>), not ${mask.type}`);
    }
    return mask;
  }

  private evaluate(expression: Expression, frame: Frame): Value {
    const { line } = expression;
    switch (expression.kind) {
      case 'number':
        return constantOf(this.f, expression.type, expression.value);
      case 'boolean':
        return booleanOf(this.f, 'bool', expression.value);
      case 'name':
        return this.named(expression.name, frame, line);
      case 'member': {
        const value = this.member(this.evaluate(expression.object, frame), expression.field, line);
        return value;
      }
      case 'index': {
        const value = this.evaluate(expression.object, frame);
        if (value.type === 'mat4x4f') return this.column(value, expression.index, line);
        return this.lane(value, expression.index, line);
      }
      case 'call':
        return this.callNamed(expression, frame);
      case 'unary':
        if (expression.operator === '*') return this.evaluate(expression.operand, frame);
        // Only as an argument: the parameter takes the variable itself.
        if (expression.operator === '&') return this.place(expression.operand, frame);
        return unary(this.f, expression, (operand) => this.evaluate(operand, frame));
      case 'binary':
        return binary(this.f, expression, (operand) => this.evaluate(operand, frame));
    }
  }

  private named(name: string, frame: Frame, line: number): Value {
    const binding = frame.names.get(name);
    if (binding) {
      // A copy: the variable may change before the value is used.
      return binding.mutable ? this.variable(binding.value.type, binding.value) : binding.value;
    }
    const constant = this.program.constants.get(name);
    if (constant) return this.evaluate(constant, frame);
    const value = this.globals.get(name);
    if (!value) throw new WgslError(line, `${name} is not declared`);
    return value;
  }

  /**
   * A struct's field; of a variable, its place.
   * @param line where it is asked for, if that is in the WGSL.
   * @throws WgslError when there is none of that name.
   */
  member(value: Value, name: string, line = 0): Value {
    let first = 0;
    for (const field of this.program.structs.get(value.type) ?? []) {
      const count = partsOf(this.program, field.type);
      if (field.name === name) return { type: field.type, parts: value.parts.slice(first, first + count) };
      first += count;
    }
    throw new WgslError(line, `${value.type} has no field ${name} that runs on the CPU`);
  }

  /** A matrix's column; of a variable, its place. */
  private column({ parts }: Value, index: number, line: number): Value {
    if (!parts[index]) throw new WgslError(line, `a matrix has the columns 0 to 3, not ${index}`);
    return { type: 'vec4f', parts: [parts[index]] };
  }

  /** One number of a vector. */
  private lane({ type, parts: [part] }: Value, index: number, line: number): Value {
    const scalar = SCALARS[type];
    if (!scalar || index > 3)
      throw new WgslError(line, `${type} has no number ${index} that runs on the CPU`);
    return { type: scalar, parts: [this.f.shuffle(part, part, [index, index, index, index])] };
  }

  private callNamed(expression: Expression & { kind: 'call' }, frame: Frame): Value {
    const { callee, line } = expression;
    const values = expression.arguments.map((value) => this.evaluate(value, frame));
    const declared = this.program.functions.get(callee);
    if (declared) return this.callDeclared(declared, values, line);
    const fields = this.program.structs.get(callee);
    if (fields) {
      if (values.length === 0) return this.zero(callee, line);
      if (values.length !== fields.length) throw new WgslError(line, `${callee} has ${fields.length} fields`);
      return {
        type: callee,
        parts: fields.flatMap(({ type }, index) => this.convert(values[index], type, line).parts),
      };
    }
    if (callee === 'mat4x4f') {
      if (values.length === 0) return this.zero(callee, line);
      if (values.length !== 4) throw new WgslError(line, 'mat4x4f takes four columns, or nothing');
      return { type: callee, parts: values.flatMap((value) => this.convert(value, 'vec4f', line).parts) };
    }
    const builtIn = BUILT_INS[callee];
    if (!builtIn) throw new WgslError(line, `${callee} is not in the subset that runs on the CPU`);
    return builtIn(this.f, values, (message) => {
      throw new WgslError(line, `${callee}: ${message}`);
    });
  }

  private zero(type: string, line: number): Value {
    const fields = this.program.structs.get(type);
    if (fields) return { type, parts: fields.flatMap((field) => this.zero(field.type, line).parts) };
    if (type === 'mat4x4f') return { type, parts: Array.from({ length: 4 }, () => this.f.constant(0)) };
    if (!(type in SCALARS) && !Object.values(SCALARS).includes(type)) {
      throw new WgslError(line, `${type} is not in the subset that runs on the CPU`);
    }
    return { type, parts: [this.f.constant(0)] };
  }

  /** The value as the type that is wanted: numbers without one fit both kinds. */
  private convert(value: Value, type: string, line: number): Value {
    if (value.type === type) return value;
    const known = knownOf(value);
    if (value.type === 'integer' && known !== undefined && (type === 'f32' || type === 'u32')) {
      return constantOf(this.f, type, known);
    }
    throw new WgslError(line, `expected ${type}, got ${value.type}`);
  }
}

function mayReturn(statement: Statement): boolean {
  if (statement.kind === 'return') return true;
  return statement.kind === 'if' && [...statement.accepted, ...statement.otherwise].some(mayReturn);
}
