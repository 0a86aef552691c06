import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Browser } from 'puppeteer';
import { normals, random4, unitInterval } from '../../src/data/random.ts';
import { encode as encodeOnCpu } from '../../src/engine/cpu/encoder.ts';
import { layersOf, weightCount } from '../../src/engine/encoder.ts';
import type { EncoderShape, Numbers } from '../../src/engine/encoder.ts';
import { encode } from '../../src/engine/reference/encoder.ts';
import { launch } from '../browser/launch.ts';
import { openModulePage } from '../browser/open-page.ts';
import type { ModulePage } from '../browser/open-page.ts';
import { CASES, furthest, inputsOf, weightsOf } from './encoder-cases.ts';
import type { EncoderDifference } from './encoder.page.ts';

/** A loss of the embeddings that treats no two alike: their weighted sum. */
function lossOf(embeddings: Numbers, coefficients: Numbers): number {
  return Array.from(embeddings).reduce((sum, value, at) => sum + value * coefficients[at], 0);
}

describe.each(CASES)('$rows rows, $shape.layers hidden, $shape.activation, sphere $onSphere', (example) => {
  const { shape, rows, onSphere } = example;
  const weights = weightsOf(shape);
  const inputs = inputsOf(example);
  const coefficients = Float64Array.from(normals(rows * shape.outputs, 3, 3));

  test('the gradient of the reference agrees with central differences', () => {
    const gradient = encode(shape, weights, inputs, onSphere).backward(coefficients);
    expect(gradient).toHaveLength(weightCount(shape));
    // A few weights of every layer, biases among them.
    for (const { rows: weightRows, outputs, start } of layersOf(shape)) {
      const last = weightRows * outputs - 1;
      for (let sample = 0; sample < 12; sample++) {
        const at =
          start + (sample === 0 ? last : Math.round(last * unitInterval(random4(sample, start, 0, 0)[0])));
        const lossAt = (change: number) => {
          const changed = Float64Array.from(weights);
          changed[at] += change;
          return lossOf(encode(shape, changed, inputs, onSphere).embeddings, coefficients);
        };
        const difference = (lossAt(1e-5) - lossAt(-1e-5)) / 2e-5;
        expect(Math.abs(gradient[at] - difference)).toBeLessThan(1e-5 * Math.max(1, Math.abs(difference)));
      }
    }
  });

  test('the CPU agrees with the reference', () => {
    const expected = encode(shape, weights, inputs, onSphere);
    const got = encodeOnCpu(shape, Float32Array.from(weights), inputs, onSphere);
    expect(furthest(got.embeddings, expected.embeddings)).toBeLessThan(2e-6);
    expect(furthest(got.backward(coefficients), expected.backward(coefficients))).toBeLessThan(2e-6);
  });
});

test('a row without a direction stays at the origin of the sphere, and teaches nothing', () => {
  const shape: EncoderShape = { inputs: 2, layers: 1, width: 3, activation: 'relu', outputs: 2 };
  const weights = weightsOf(shape).fill(0, layersOf(shape)[1].start);
  for (const engine of [encode, encodeOnCpu]) {
    const { embeddings, backward } = engine(shape, weights, Float32Array.of(1, 2, 3, 4), true);
    expect([...embeddings]).toEqual([0, 0, 0, 0]);
    expect(backward(Float32Array.of(1, 1, 1, 1)).every((value) => value === 0)).toBe(true);
  }
});

for (const name of ['chromium', 'firefox'] as const) {
  describe.runIf(inject(name))(`the kernels, ${name}`, () => {
    let browser: Browser;
    let page: ModulePage;

    beforeAll(async () => {
      browser = await launch(name, { executablePath: inject(name), webgpu: true });
      page = await openModulePage(browser, inject('origin'), '/tests/engine/encoder.page.ts');
    });
    afterAll(() => browser?.close());

    test.each(CASES)(
      '$rows rows, $shape.layers hidden, $shape.activation, sphere $onSphere',
      async (example) => {
        const paddingRow = example.rows > 1 ? example.rows - 2 : example.rows;
        const difference = await page.call<EncoderDifference>('compare', example, paddingRow);
        expect(difference.embeddings).toBeLessThan(2e-6);
        expect(difference.weightGradients).toBeLessThan(2e-6);
        expect(difference).toMatchObject({ paddingKept: true, differs: false });
        expect(page.takeProblems()).toEqual([]);
      },
    );
  });
}
