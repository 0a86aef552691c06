/** The part of WGSL that a loss's pair functions are written in, as a tree. Lines are for messages. */

export type Expression = { line: number } & (
  | { kind: 'number'; value: number; type: 'f32' | 'u32' | 'integer' }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'name'; name: string }
  | { kind: 'member'; object: Expression; field: string }
  | { kind: 'index'; object: Expression; index: number }
  | { kind: 'call'; callee: string; arguments: Expression[] }
  | { kind: 'unary'; operator: string; operand: Expression }
  | { kind: 'binary'; operator: string; left: Expression; right: Expression }
);

export type Statement = { line: number } & (
  | {
      kind: 'declare';
      name: string;
      type: string | undefined;
      value: Expression | undefined;
      mutable: boolean;
    }
  | { kind: 'assign'; target: Expression; operator: string; value: Expression }
  | { kind: 'if'; condition: Expression; accepted: Statement[]; otherwise: Statement[] }
  | { kind: 'return'; value: Expression | undefined }
  | { kind: 'call'; call: Expression }
);

export interface Field {
  name: string;
  type: string;
}

export interface FunctionDeclaration {
  name: string;
  parameters: Field[];
  /** Absent where it returns nothing. */
  result: string | undefined;
  body: Statement[];
  line: number;
}

export interface Program {
  structs: Map<string, Field[]>;
  constants: Map<string, Expression>;
  functions: Map<string, FunctionDeclaration>;
}

/** How many vectors a type takes: a struct is its fields side by side, a matrix its columns. */
export function partsOf(program: Program, type: string): number {
  if (type === 'mat4x4f') return 4;
  const fields = program.structs.get(type);
  return fields ? fields.reduce((sum, field) => sum + partsOf(program, field.type), 0) : 1;
}

export class WgslError extends Error {
  override readonly name = 'WgslError';

  constructor(line: number, message: string) {
    super(`WGSL line ${line}: ${message}`);
  }
}
