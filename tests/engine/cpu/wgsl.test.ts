import { describe, expect, test } from 'vitest';
import numerics from '../../../shaders/numerics.wgsl?raw';
import { ModuleBuilder } from '../../../src/engine/cpu/wasm/assembler.ts';
import { simdSupport } from '../../../src/engine/cpu/wasm/simd-support.ts';
import { Inliner } from '../../../src/engine/cpu/wgsl/inline.ts';
import { parse } from '../../../src/engine/cpu/wgsl/parse.ts';
import type { Value } from '../../../src/engine/cpu/wgsl/value.ts';

const BYTES = 16;

/** Runs a WGSL function of vec4f on columns of numbers, four at a time, and returns the column of its results. */
function run(source: string, name: string, inputs: number[][], relaxed = false): number[] {
  const module = new ModuleBuilder(relaxed);
  const program = parse(source);
  const columnBytes = 4 * inputs[0].length;
  module.function('run', 0, (f) => {
    const parameters: Value = { type: 'Parameters', parts: [f.constant(2.5), f.constant(0)] };
    f.forEach(0, columnBytes, BYTES, (at) => {
      const values = inputs.map((_, index): Value => ({
        type: 'vec4f',
        parts: [f.load(at, index * columnBytes)],
      }));
      const [result] = new Inliner(f, program, { parameters }).call(name, ...values).parts;
      f.store(at, 0, result);
    });
  });
  const memory = new WebAssembly.Memory({ initial: 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), { host: { memory } });
  const numbers = new Float32Array(memory.buffer);
  inputs.forEach((column, index) => numbers.set(column, index * column.length));
  (instance.exports.run as () => void)();
  return [...numbers.subarray(0, inputs[0].length)];
}

function expectNear(got: number[], expected: number[], relative: number): void {
  got.forEach((value, index) => {
    const error = Math.abs(value - expected[index]) / (Math.abs(expected[index]) || 1);
    expect(error, `${value} in place of ${expected[index]}`).toBeLessThanOrEqual(relative);
  });
  expect(got.length).toBe(expected.length);
}

/** Spread evenly over a range, in single precision. */
function grid(from: number, to: number, count: number): number[] {
  return [...Float32Array.from({ length: count }, (_, index) => from + ((to - from) * index) / (count - 1))];
}

const ULP = 2 ** -23;

describe.each([false, ...(simdSupport() === 'relaxed' ? [true] : [])])('relaxed SIMD: %s', (relaxed) => {
  /** A function of one number, by its body, against what it should be. */
  const compare = (x: number[], body: string, formula: (x: number) => number, ulps: number) =>
    expectNear(
      run(`${numerics} fn f(x: vec4f) -> vec4f { return ${body}; }`, 'f', [x], relaxed),
      x.map(formula),
      ulps * ULP,
    );

  test('matrices and their columns, and the numbers of a vector', () => {
    const source = `fn f(x: vec4f) -> vec4f {
      var m = mat4x4f();
      m[1] += x;
      m = m + mat4x4f(x, x, 3.0 * x, x);
      return m[1] + vec4f(m[2][3]);
    }`;
    const x = [1, 2, 3, 4, 50, 60, 70, 80];
    const last = x.map((_, index) => 3 * x[index - (index % 4) + 3]);
    expect(run(source, 'f', [x], relaxed)).toEqual(x.map((value, index) => 2 * value + last[index]));
    const beyond = 'fn f(x: vec4f) -> vec4f { return mat4x4f(x, x, x, x)[4]; }';
    expect(() => run(beyond, 'f', [x], relaxed)).toThrow('columns 0 to 3');
    const moving = 'fn f(x: vec4f) -> vec4f { let i = 2; return mat4x4f()[i]; }';
    expect(() => run(moving, 'f', [x], relaxed)).toThrow('an index is a number');
  });

  test('exp', () => {
    compare(grid(-87, 88, 4000), 'exp(x)', Math.exp, relaxed ? 4.5 : 2.5);
    const ends = (x: number[]) => run('fn f(x: vec4f) -> vec4f { return exp(x); }', 'f', [x], relaxed);
    expect(ends([-88, -1e4, -3e38, 0])).toEqual([0, 0, 0, 1]);
    expect(ends([89, 1e4, 3e38, 0]).every(Number.isFinite)).toBe(true);
  });

  test('log', () => {
    compare(grid(0.5, 2, 1000), 'log(x)', Math.log, 4);
    compare(
      grid(-86, 88, 1000).map((x) => Math.fround(Math.exp(x))),
      'log(x)',
      Math.log,
      2,
    );
  });

  test('numerics.wgsl against its formulas', () => {
    compare(grid(-60, 60, 400), 'softplus(x)', (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), 8);
    compare(grid(-60, 60, 400), 'sigmoid(x)', (x) => 1 / (1 + Math.exp(-x)), 8);
    compare(grid(0, 1, 400), 'log1p(x)', Math.log1p, 4);
  });

  test('a log-sum-exp of three logits, one of which is left out in some lanes', () => {
    const source = `${numerics}
      fn f(a: vec4f, b: vec4f, c: vec4f) -> vec4f {
        var seen = emptyLogSumExp();
        seen = include(seen, a, vec4<bool>(true));
        seen = include(seen, b, b > vec4f());
        seen = include(seen, c, vec4<bool>(true));
        return logSumExp(seen);
      }`;
    const [a, b, c] = [
      [1, -2, 50, 0.5],
      [3, -1, 60, -7],
      [2, 5, -60, 0.25],
    ];
    const expected = a.map((_, lane) =>
      Math.log(
        [a, b, c]
          .map((x) => x[lane])
          .filter((x, index) => index !== 1 || x > 0)
          .reduce((sum, x) => sum + Math.exp(x), 0),
      ),
    );
    expectNear(run(source, 'f', [a, b, c], relaxed), expected, 4 * ULP);
  });
});

describe('the subset', () => {
  const x = [1, -2, 3, -4];

  test('structs, fields, pointers and compound assignment', () => {
    const source = `
      struct Inner { low: vec4f, high: vec4f }
      struct Outer { inner: Inner, count: vec4u }
      fn grow(outer: ptr<function, Outer>, by: vec4f) {
        (*outer).inner.high += by;
        (*outer).inner.low -= by * 2.0;
        (*outer).count += vec4u(1u);
      }
      fn f(x: vec4f) -> vec4f {
        var outer = Outer(Inner(vec4f(), x), vec4u());
        grow(&outer, x);
        grow(&outer, vec4f(1.0));
        let inner = outer.inner;
        return (inner.high - inner.low) * vec4f(outer.count);
      }`;
    expect(run(source, 'f', [x])).toEqual(x.map((value) => (value * 2 + 1 + (value * 2 + 2)) * 2));
  });

  test('a value that was read stays what it was', () => {
    const source = `fn f(x: vec4f) -> vec4f { var a = x; let b = a; a = a + 1.0; return a * 10.0 + b; }`;
    expect(run(source, 'f', [x])).toEqual(x.map((value) => (value + 1) * 10 + value));
  });

  test('conditions on uniforms, on any lane, and returns from within', () => {
    const source = `
      struct Parameters { scale: f32, off: f32 }
      @group(0) @binding(1) var<uniform> parameters: Parameters;
      fn sign(x: vec4f) -> vec4f {
        if (parameters.off != 0.0) { return vec4f(9.0); }
        if (any(x < vec4f(-100.0))) { return vec4f(-7.0); } else if (parameters.scale > 3.0) { return vec4f(8.0); }
        return select(vec4f(-1.0), vec4f(1.0), x > vec4f());
      }
      fn f(x: vec4f) -> vec4f { return sign(x) * parameters.scale + sign(100.0 * x); }`;
    expect(run(source, 'f', [x])).toEqual(x.map((value) => Math.sign(value) * 2.5 - 7));
  });

  test('constants are folded in double precision', () => {
    const source =
      'const SMALL = 1.0 + 1e-10; fn f(x: vec4f) -> vec4f { return x * (1e10 * (SMALL - 1.0)); }';
    expectNear(run(source, 'f', [x]), x, 1e-6);
  });

  test('branches on what is known beforehand are not written', () => {
    const source =
      'fn f(x: vec4f) -> vec4f { var y = x; if (any(vec4<bool>(false))) { y = vec4f(1.0); } return y; }';
    expect(run(source, 'f', [x])).toEqual(x);
  });

  test.each([
    [
      'fn f(x: vec4f) -> vec4f {\n for (var i = 0u; i < 4u; i++) {} return x; }',
      "line 2: 'for' is not in the subset",
    ],
    ['fn f(x: vec4f) -> vec4f { return tanh(x); }', 'tanh is not in the subset'],
    ['fn f(x: vec4f) -> vec4f { return x * 2u; }', 'vec4f * u32 is not in the subset'],
    ['fn f(x: vec4f) -> vec4f { return y; }', 'y is not declared'],
    ['fn f(x: vec4f) -> vec4f { x = vec4f(); return x; }', 'x is not a variable'],
    ['fn f(x: vec4f) -> vec4f { return x.w; }', 'vec4f has no field w'],
    ['fn f(x: vec4f) -> f32 { return x; }', 'expected f32, got vec4f'],
    [
      'fn f(x: vec4f) -> vec4f { if (x > vec4f()) { return x; } return x; }',
      'a condition is a bool or any(vec4<bool>)',
    ],
    ['fn f(x: vec4f) -> vec4f { return select(x, 1u, true); }', 'select: expected two of a kind and a bool'],
    ['fn f(x: vec4f, y: vec4f) -> vec4f { return x; }', 'f takes 2 values, got 1'],
    ['override WIDE: bool = false;', 'expected struct, const, fn or a binding'],
    ['fn f(x: vec4f) -> vec4f { return x', "expected ';'"],
  ])('%s is refused', (source, message) => {
    expect(() => run(source, 'f', [x])).toThrow(message);
  });
});
