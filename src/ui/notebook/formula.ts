/** Names that are written as a letter. */
const SYMBOLS: Readonly<Record<string, string>> = {
  temperature: 'τ',
  T: 'τ',
  tau: 'τ',
  alpha: 'α',
  beta: 'β',
  gamma: 'γ',
  lambda: 'λ',
  sigma: 'σ',
  sum: '∑',
};

const OPERATORS: Readonly<Record<string, string>> = {
  '-': '−',
  '!=': '≠',
  '<=': '≤',
  '>=': '≥',
  '*': '·',
  '.': '·',
};

/** Names that stand upright and apply to what follows. */
const FUNCTIONS = ['log', 'exp', 'softplus', 'LSE', 'max', 'min', 'mean', 'sqrt', 'cos', 'ln', 'std', 'var'];
/** Of these, those that carry their subscript below. */
const RANGES = ['sum', 'mean', 'max', 'min'];

type Node =
  | { kind: 'atom'; markup: string }
  | { kind: 'group'; open: string; close: string; inside: Node[]; isHinge: boolean }
  | { kind: 'script'; base: Node; below?: Node; above?: Node; isRange: boolean }
  | { kind: 'call'; name: Node; group: Node }
  | { kind: 'fraction'; over: Node; under: Node };

/** The letter that a parameter has in formulas, if it has one. */
export function symbolOf(name: string): string | undefined {
  return Object.hasOwn(SYMBOLS, name) ? SYMBOLS[name] : undefined;
}

/**
 * The plain text of a formula, as the losses document theirs, in MathML: subscripts after _, powers after ^, fractions
 * at /, and names that have a letter of their own in that letter. Its lines, each in pieces between which a narrow page
 * may break it.
 */
export function typeset(formula: string): string[][] {
  return linesOf(formula).map((line) => new Parser(line).sequence().flatMap(piecesOf));
}

/** A formula ends where another begins: at a semicolon, or a comma before a capital or a definition. */
function linesOf(formula: string): string[] {
  const lines: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < formula.length; at++) {
    if ('([{'.includes(formula[at])) depth++;
    if (')]}'.includes(formula[at])) depth--;
    const another = formula[at] === ',' && /^, (?:[A-Z]|\w+ = )/.test(formula.slice(at));
    if (depth === 0 && (formula[at] === ';' || another)) {
      lines.push(formula.slice(start, at));
      start = at + 1;
    }
  }
  return [...lines, formula.slice(start)].map((line) => line.trim());
}

const TOKENS = /[A-Za-z]+|\d+(?:\.\d+)?|!=|<=|>=|\S/g;
const PAIRS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(TOKENS) ?? [];
  }

  /** Everything up to a closing bracket or the end. */
  sequence(close?: string): Node[] {
    const nodes: Node[] = [];
    while (this.#at < this.#tokens.length && this.#tokens[this.#at] !== close) {
      const over = this.#term();
      if (this.#tokens[this.#at] === '/' && this.#at + 1 < this.#tokens.length) {
        this.#at++;
        nodes.push({ kind: 'fraction', over, under: this.#term() });
      } else {
        nodes.push(over);
      }
    }
    return nodes;
  }

  /** One name, number, bracket or sign, with its scripts and, for a function, what it is applied to. */
  #term(): Node {
    const first = this.#tokens[this.#at];
    const node = this.#scripted(this.#primary(), RANGES.includes(first));
    const isApplied = this.#tokens[this.#at] in PAIRS && FUNCTIONS.includes(first);
    return isApplied ? { kind: 'call', name: node, group: this.#scripted(this.#primary(), false) } : node;
  }

  #primary(): Node {
    const token = this.#tokens[this.#at++] ?? '';
    if (token in PAIRS) {
      const inside = this.sequence(PAIRS[token]);
      this.#at++;
      // [x]+ is what of x is above 0.
      const isHinge = token === '[' && this.#tokens[this.#at] === '+' && !this.#isOperand(this.#at + 1);
      if (isHinge) this.#at++;
      return { kind: 'group', open: token, close: PAIRS[token], inside, isHinge };
    }
    return atom(token);
  }

  /** A plus right after a bracket belongs to it where a bracket or the end follows, as in [x]+ (y). */
  #isOperand(at: number): boolean {
    const next = this.#tokens[at];
    return next !== undefined && /^\w/.test(next);
  }

  #scripted(base: Node, isRange: boolean): Node {
    let below: Node | undefined;
    let above: Node | undefined;
    for (;;) {
      const sign = this.#tokens[this.#at];
      if (sign !== '_' && sign !== '^') break;
      this.#at++;
      const script = this.#script(sign === '_');
      if (sign === '_') below = script;
      else above = script;
    }
    return below || above ? { kind: 'script', base, below, above, isRange } : base;
  }

  /** In brackets, which are left out, or one token; the letters of an index stand for themselves. */
  #script(isIndex: boolean): Node {
    const token = this.#tokens[this.#at];
    if (token in PAIRS) {
      this.#at++;
      const inside = this.sequence(PAIRS[token]);
      this.#at++;
      return { kind: 'group', open: '', close: '', inside, isHinge: false };
    }
    this.#at++;
    if (isIndex && /^[a-z]{2}$/.test(token)) {
      return { kind: 'group', open: '', close: '', inside: [...token].map(atom), isHinge: false };
    }
    return atom(token);
  }
}

function atom(token: string): Node {
  if (/^\d/.test(token)) return { kind: 'atom', markup: `<mn>${token}</mn>` };
  if (!/^[A-Za-z]/.test(token)) {
    return { kind: 'atom', markup: `<mo>${escape(OPERATORS[token] ?? token)}</mo>` };
  }
  if (token === 'sum') return { kind: 'atom', markup: '<mo>∑</mo>' };
  const symbol = symbolOf(token);
  if (symbol || token.length === 1) return { kind: 'atom', markup: `<mi>${symbol ?? token}</mi>` };
  if (FUNCTIONS.includes(token)) return { kind: 'atom', markup: `<mi>${token}</mi>` };
  return { kind: 'atom', markup: `<mtext>${token}</mtext>` };
}

/** More letters than this in one piece, and a narrow page would have to cut it off. */
const LONGEST_PIECE = 14;

/** A long bracket may be broken inside; its own signs then keep the height of a line. */
function piecesOf(node: Node): string[] {
  if (node.kind === 'call') {
    const [first, ...rest] = piecesOf(node.group);
    return rest.length > 0 ? [`${markupOf(node.name)}${first}`, ...rest] : [markupOf(node)];
  }
  if (node.kind !== 'group' || node.inside.length < 2 || lettersOf(node) <= LONGEST_PIECE) {
    return [markupOf(node)];
  }
  const { open, close, inside, isHinge } = node;
  const pieces = inside.flatMap(piecesOf);
  const last = `<mo stretchy="false">${close}</mo>`;
  return [
    `<mo stretchy="false">${open}</mo>${pieces[0]}`,
    ...pieces.slice(1, -1),
    `${pieces.at(-1)}${isHinge ? `<msub>${last}<mo>+</mo></msub>` : last}`,
  ];
}

function lettersOf(node: Node): number {
  return markupOf(node).replaceAll(/<[^>]*>/g, '').length;
}

function markupOf(node: Node): string {
  switch (node.kind) {
    case 'atom':
      return node.markup;
    case 'group': {
      const inside = node.inside.map(markupOf).join('');
      if (!node.open) return `<mrow>${inside}</mrow>`;
      const group = `<mrow><mo>${node.open}</mo>${inside}<mo>${node.close}</mo></mrow>`;
      return node.isHinge ? `<msub>${group}<mo>+</mo></msub>` : group;
    }
    case 'script': {
      const [base, below, above] = [node.base, node.below, node.above].map((part) => part && markupOf(part));
      if (below && above) return `<msubsup>${base}${below}${above}</msubsup>`;
      if (above) return `<msup>${base}${above}</msup>`;
      return node.isRange ? `<munder>${base}${below}</munder>` : `<msub>${base}${below}</msub>`;
    }
    case 'call': {
      const isRoot = node.name.kind === 'atom' && node.name.markup === '<mi>sqrt</mi>';
      if (isRoot) return `<msqrt>${bare(node.group)}</msqrt>`;
      return `<mrow>${markupOf(node.name)}${markupOf(node.group)}</mrow>`;
    }
    case 'fraction':
      return `<mfrac>${bare(node.over)}${bare(node.under)}</mfrac>`;
  }
}

/** Without the brackets that a fraction or a root makes needless. */
function bare(node: Node): string {
  if (node.kind === 'group' && !node.isHinge) return `<mrow>${node.inside.map(markupOf).join('')}</mrow>`;
  return markupOf(node);
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
