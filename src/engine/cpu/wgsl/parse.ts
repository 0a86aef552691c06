import type { Expression, Field, FunctionDeclaration, Program, Statement } from './syntax.ts';
import { WgslError } from './syntax.ts';

interface Token {
  text: string;
  line: number;
}

const TOKEN =
  /\/\/[^\n]*|\s+|((?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?[fu]?|0x[\da-fA-F]+u?|\w+|&&|\|\||[-+*/|&=!<>]=|->|[^\s\w])/gy;

/** Binary operators by how tightly they bind. WGSL demands parentheses where others have more levels. */
const PRECEDENCE: Record<string, number> = {
  '||': 1,
  '&&': 1,
  '|': 1,
  '&': 1,
  '==': 2,
  '!=': 2,
  '<': 2,
  '>': 2,
  '<=': 2,
  '>=': 2,
  '+': 3,
  '-': 3,
  '*': 4,
  '/': 4,
};

/** What stands after the last token, for messages. */
const END = 'the end';

/** Types whose arguments stand in angle brackets. */
const TEMPLATES = new Set(['vec4', 'ptr']);

/**
 * The structs, constants and functions of some WGSL. Bindings (var<...>) are skipped: whoever calls the functions says
 * what such names stand for.
 * @throws WgslError for what is not in the subset of syntax.ts.
 */
export function parse(source: string): Program {
  return new Parser(tokensOf(source)).program();
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (const [whole, text] of source.matchAll(TOKEN)) {
    if (text) tokens.push({ text, line });
    line += whole.split('\n').length - 1;
  }
  return [...tokens, { text: END, line }];
}

class Parser {
  private readonly tokens: Token[];
  private at = 0;

  constructor(tokens: Token[]) {
    this.tokens = tokens;
  }

  program(): Program {
    const program: Program = { structs: new Map(), constants: new Map(), functions: new Map() };
    while (this.peek() !== END) {
      const { text, line } = this.take();
      switch (text) {
        case 'struct':
          program.structs.set(this.name(), this.fields('{', '}'));
          break;
        case 'const': {
          const name = this.name();
          this.expect('=');
          program.constants.set(name, this.expression());
          this.expect(';');
          break;
        }
        case 'fn': {
          const declared = this.function(line);
          program.functions.set(declared.name, declared);
          break;
        }
        case '@':
        case 'var':
          while (this.take().text !== ';');
          break;
        default:
          throw new WgslError(line, `expected struct, const, fn or a binding, got '${text}'`);
      }
    }
    return program;
  }

  private function(line: number): FunctionDeclaration {
    const name = this.name();
    const parameters = this.fields('(', ')');
    const result = this.accept('->') ? this.type() : undefined;
    return { name, parameters, result, body: this.block(), line };
  }

  private fields(open: string, close: string): Field[] {
    this.expect(open);
    const fields: Field[] = [];
    while (!this.accept(close)) {
      const name = this.name();
      this.expect(':');
      fields.push({ name, type: this.type() });
      if (!this.accept(',') && this.peek() !== close) this.fail(`expected ',' or '${close}'`);
    }
    return fields;
  }

  /** As text without spaces: vec4<bool>, ptr<function,Statistics>. */
  private type(): string {
    const name = this.name();
    if (!TEMPLATES.has(name) || !this.accept('<')) return name;
    const inner: string[] = [];
    do inner.push(this.type());
    while (this.accept(','));
    this.expect('>');
    return `${name}<${inner.join()}>`;
  }

  private block(): Statement[] {
    this.expect('{');
    const statements: Statement[] = [];
    while (!this.accept('}')) statements.push(this.statement());
    return statements;
  }

  private statement(): Statement {
    const { line } = this.tokens[this.at];
    if (this.accept('if')) return { kind: 'if', line, ...this.branches() };
    const statement = this.simpleStatement(line);
    this.expect(';');
    return statement;
  }

  private branches(): { condition: Expression; accepted: Statement[]; otherwise: Statement[] } {
    const condition = this.expression();
    const accepted = this.block();
    if (!this.accept('else')) return { condition, accepted, otherwise: [] };
    const { line } = this.tokens[this.at];
    if (this.accept('if')) {
      return { condition, accepted, otherwise: [{ kind: 'if', line, ...this.branches() }] };
    }
    return { condition, accepted, otherwise: this.block() };
  }

  private simpleStatement(line: number): Statement {
    const text = this.peek();
    if (text === 'let' || text === 'var') {
      this.take();
      const name = this.name();
      const type = this.accept(':') ? this.type() : undefined;
      const value = this.accept('=') ? this.expression() : undefined;
      return { kind: 'declare', line, name, type, value, mutable: text === 'var' };
    }
    if (text === 'return') {
      this.take();
      return { kind: 'return', line, value: this.peek() === ';' ? undefined : this.expression() };
    }
    if (['for', 'while', 'loop', 'switch', 'break', 'continue'].includes(text)) {
      this.fail(`'${text}' is not in the subset that runs on the CPU`);
    }
    const target = this.unary();
    if (target.kind === 'call') return { kind: 'call', line, call: target };
    const operator = this.take().text;
    if (!/^[-+*/|&]?=$/.test(operator))
      throw new WgslError(line, `expected an assignment, got '${operator}'`);
    return { kind: 'assign', line, target, operator: operator.slice(0, -1), value: this.expression() };
  }

  private expression(binding = 1): Expression {
    let left = this.unary();
    for (;;) {
      const { text: operator, line } = this.tokens[this.at];
      const precedence = PRECEDENCE[operator];
      if (precedence === undefined || precedence < binding) return left;
      this.take();
      left = { kind: 'binary', line, operator, left, right: this.expression(precedence + 1) };
    }
  }

  private unary(): Expression {
    const { text, line } = this.tokens[this.at];
    if (['-', '!', '*', '&'].includes(text)) {
      this.take();
      return { kind: 'unary', line, operator: text, operand: this.unary() };
    }
    let value = this.primary();
    for (;;) {
      if (this.accept('.')) value = { kind: 'member', line, object: value, field: this.name() };
      else if (this.accept('[')) value = { kind: 'index', line, object: value, index: this.index() };
      else return value;
    }
  }

  /** A number that is written there: which place is meant has to be known before the kernel runs. */
  private index(): number {
    const index = this.expression();
    this.expect(']');
    if (index.kind !== 'number') throw new WgslError(index.line, 'an index is a number, 0 to 3');
    return index.value;
  }

  private primary(): Expression {
    const { text, line } = this.tokens[this.at];
    if (this.accept('(')) {
      const inner = this.expression();
      this.expect(')');
      return inner;
    }
    if (/^[\d.]/.test(text)) {
      this.take();
      return { kind: 'number', line, ...numberOf(text) };
    }
    if (text === 'true' || text === 'false') {
      this.take();
      return { kind: 'boolean', line, value: text === 'true' };
    }
    const name = this.type();
    if (!this.accept('(')) return { kind: 'name', line, name };
    const values: Expression[] = [];
    while (!this.accept(')')) {
      values.push(this.expression());
      if (!this.accept(',') && this.peek() !== ')') this.fail("expected ',' or ')'");
    }
    return { kind: 'call', line, callee: name, arguments: values };
  }

  private peek(): string {
    return this.tokens[this.at].text;
  }

  private take(): Token {
    if (this.peek() === END) this.fail('expected more');
    return this.tokens[this.at++];
  }

  private accept(text: string): boolean {
    if (this.peek() !== text) return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    if (!this.accept(text)) this.fail(`expected '${text}'`);
  }

  private name(): string {
    if (!/^[A-Za-z_]/.test(this.peek())) this.fail('expected a name');
    return this.take().text;
  }

  private fail(message: string): never {
    throw new WgslError(this.tokens[this.at].line, `${message}, got '${this.peek()}'`);
  }
}

function numberOf(text: string): { value: number; type: 'f32' | 'u32' | 'integer' } {
  const value = Number(text.replace(/(?<!0x[\da-f]*)f$|u$/i, ''));
  if (text.endsWith('u')) return { value, type: 'u32' };
  const isInteger = /^(\d+|0x[\da-f]+)$/i.test(text);
  return { value, type: isInteger ? 'integer' : 'f32' };
}
