import { normals } from '../../src/data/random.ts';
import { layersOf, weightCount } from '../../src/engine/encoder.ts';
import type { EncoderShape, Numbers } from '../../src/engine/encoder.ts';

export interface EncoderCase {
  shape: EncoderShape;
  rows: number;
  onSphere: boolean;
}

function aCase(
  rows: number,
  [inputs, width, outputs]: [number, number, number],
  layers: number,
  activation: EncoderShape['activation'],
  onSphere: boolean,
): EncoderCase {
  return { shape: { inputs, layers, width, activation, outputs }, rows, onSphere };
}

/** Every depth and activation, on sizes around the tiles of the kernels. */
export const CASES: readonly EncoderCase[] = [
  aCase(1, [1, 1, 2], 0, 'linear', false),
  aCase(33, [16, 1, 16], 0, 'linear', true),
  aCase(31, [3, 5, 2], 1, 'relu', false),
  aCase(32, [16, 32, 3], 1, 'tanh', true),
  aCase(65, [17, 33, 3], 2, 'relu', true),
  aCase(257, [5, 31, 8], 2, 'tanh', false),
  aCase(64, [8, 7, 40], 2, 'linear', true),
];

export function weightsOf(shape: EncoderShape): Float32Array {
  const weights = normals(weightCount(shape), 1, 1);
  for (const { inputs, outputs, start, rows } of layersOf(shape)) {
    const end = start + rows * outputs;
    for (let at = start; at < end; at++) weights[at] /= Math.sqrt(inputs);
  }
  return weights;
}

export function inputsOf({ shape, rows }: EncoderCase): Float32Array {
  return normals(rows * shape.inputs, 2, 2);
}

/** The largest difference, relative to the largest value expected. */
export function furthest(got: Numbers, expected: Numbers): number {
  const differences = Array.from(got, (value, at) => value - expected[at]);
  return largest(differences) / largest(Array.from(expected));
}

function largest(values: number[]): number {
  return Math.max(0, ...values.map((value) => Math.abs(value)));
}
