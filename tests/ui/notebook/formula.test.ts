import { expect, test } from 'vitest';
import { losses } from '../../../src/losses/registry.ts';
import { symbolOf, typeset } from '../../../src/ui/notebook/formula.ts';

const whole = (formula: string) => typeset(formula).map((pieces) => pieces.join(''));

test('indices, powers, fractions and letters', () => {
  expect(whole('s_ij / temperature')).toEqual([
    '<mfrac><msub><mi>s</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub><mi>τ</mi></mfrac>',
  ]);
  expect(whole('x^2')).toEqual(['<msup><mi>x</mi><mn>2</mn></msup>']);
  expect(whole('(a + b) / (2 c)')).toEqual([
    '<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mrow><mn>2</mn><mi>c</mi></mrow></mfrac>',
  ]);
});

test('a sum carries its range below', () => {
  expect(whole('sum_(j != i) x_j')).toEqual([
    '<munder><mo>∑</mo><mrow><mi>j</mi><mo>≠</mo><mi>i</mi></mrow></munder><msub><mi>x</mi><mi>j</mi></msub>',
  ]);
});

test('a function keeps its brackets, a fraction under it takes all of it', () => {
  expect(whole('log(1 + x) / alpha')).toEqual([
    '<mfrac><mrow><mi>log</mi><mrow><mo>(</mo><mn>1</mn><mo>+</mo><mi>x</mi><mo>)</mo></mrow></mrow><mi>α</mi></mfrac>',
  ]);
});

test('what is above 0', () => {
  expect(whole('[m - s]+')).toEqual([
    '<msub><mrow><mo>[</mo><mi>m</mi><mo>−</mo><mi>s</mi><mo>]</mo></mrow><mo>+</mo></msub>',
  ]);
});

test('definitions stand on lines of their own', () => {
  expect(typeset('L = a + b, y_ij = 1 if i = j, else -1; out: c')).toHaveLength(3);
});

test.each(losses.map((loss) => [loss.name, loss.documentation.formula]))(
  '%s: the tags nest, and no name is lost',
  (_name, formula) => {
    const markup = whole(formula).join('');
    const open: string[] = [];
    for (const [, slash, tag] of markup.matchAll(/<(\/?)(\w+)[^>]*>/g)) {
      if (slash) expect(open.pop()).toBe(tag);
      else open.push(tag);
    }
    expect(open).toEqual([]);
    for (const [name] of formula.matchAll(/[A-Za-z]{3,}/g)) {
      expect(markup).toContain(symbolOf(name) ?? name);
    }
    expect(markup).not.toContain('undefined');
    // A fraction has two parts, a script two or three.
    for (const [, inside] of markup.matchAll(/<mfrac>(.*?)<\/mfrac>/g)) expect(inside).not.toBe('');
  },
);
