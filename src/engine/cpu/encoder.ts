import { layersOf, SHORTEST } from '../encoder.ts';
import type { Activation, Encode, Layer, Numbers } from '../encoder.ts';

/**
 * The encoder for the fallback: the layers of the reference, with loops that walk along memory and take four inputs, or
 * four rows, at a time. Values are kept in single precision, sums of four in double.
 */
export const encode: Encode = (shape, weights, inputs, onSphere) => {
  const layers = layersOf(shape);
  const values: Numbers[] = [inputs];
  for (const layer of layers) values.push(forward(layer, weights, values[values.length - 1]));
  const outputs = values[values.length - 1];
  const scales = onSphere ? inverseLengths(outputs, shape.outputs) : undefined;
  const embeddings = outputs.slice();
  scales?.forEach((scale, row) => {
    for (let at = row * shape.outputs; at < (row + 1) * shape.outputs; at++) embeddings[at] *= scale;
  });
  return {
    embeddings,
    backward(gradient) {
      let deltas: Float32Array = Float32Array.from(gradient);
      if (scales) throughNormalization(deltas, embeddings, scales, shape.outputs);
      const weightGradient = new Float64Array(weights.length);
      for (let index = layers.length - 1; index >= 0; index--) {
        const layer = layers[index];
        throughActivation(layer.activation, deltas, values[index + 1]);
        addWeightGradient(layer, values[index], deltas, weightGradient);
        if (index > 0) deltas = backward(layer, weights, deltas);
      }
      return Float32Array.from(weightGradient);
    },
  };
};

function forward(
  { inputs, outputs, activation, start, rows: weightRows }: Layer,
  weights: Numbers,
  values: Numbers,
) {
  const rows = values.length / inputs;
  const result = new Float32Array(rows * outputs);
  // Empty where there are none.
  const biases = weights.subarray(start + inputs * outputs, start + weightRows * outputs);
  const whole = inputs - (inputs % 4);
  for (let row = 0; row < rows; row++) {
    const from = row * inputs;
    const to = row * outputs;
    result.set(biases, to);
    for (let input = 0; input < whole; input += 4) {
      const a = values[from + input];
      const b = values[from + input + 1];
      const c = values[from + input + 2];
      const d = values[from + input + 3];
      const first = start + input * outputs;
      for (let output = 0; output < outputs; output++) {
        const at = first + output;
        result[to + output] +=
          a * weights[at] +
          b * weights[at + outputs] +
          (c * weights[at + 2 * outputs] + d * weights[at + 3 * outputs]);
      }
    }
    for (let input = whole; input < inputs; input++) {
      const value = values[from + input];
      const first = start + input * outputs;
      for (let output = 0; output < outputs; output++) result[to + output] += value * weights[first + output];
    }
  }
  if (activation === 'relu') for (let at = 0; at < result.length; at++) result[at] = Math.max(0, result[at]);
  if (activation === 'tanh') for (let at = 0; at < result.length; at++) result[at] = Math.tanh(result[at]);
  return result;
}

/** dLoss/dInputs from dLoss/dSums. */
function backward({ inputs, outputs, start }: Layer, weights: Numbers, deltas: Float32Array): Float32Array {
  const rows = deltas.length / outputs;
  const result = new Float32Array(rows * inputs);
  for (let row = 0; row < rows; row++) {
    const from = row * outputs;
    for (let input = 0; input < inputs; input++) {
      const first = start + input * outputs;
      let sum = 0;
      for (let output = 0; output < outputs; output++) sum += deltas[from + output] * weights[first + output];
      result[row * inputs + input] = sum;
    }
  }
  return result;
}

function addWeightGradient(
  { inputs, outputs, start, rows: weightRows }: Layer,
  values: Numbers,
  deltas: Float32Array,
  weightGradient: Float64Array,
): void {
  const rows = deltas.length / outputs;
  const whole = rows - (rows % 4);
  for (let row = 0; row < rows; row += row < whole ? 4 : 1) {
    const together = row < whole ? 4 : 1;
    const delta = row * outputs;
    for (let input = 0; input < weightRows; input++) {
      const at = row * inputs + input;
      const to = start + input * outputs;
      const isBias = input === inputs;
      const a = isBias ? 1 : values[at];
      if (together === 1) {
        for (let output = 0; output < outputs; output++)
          weightGradient[to + output] += a * deltas[delta + output];
        continue;
      }
      const b = isBias ? 1 : values[at + inputs];
      const c = isBias ? 1 : values[at + 2 * inputs];
      const d = isBias ? 1 : values[at + 3 * inputs];
      for (let output = 0; output < outputs; output++) {
        const from = delta + output;
        weightGradient[to + output] +=
          a * deltas[from] +
          b * deltas[from + outputs] +
          (c * deltas[from + 2 * outputs] + d * deltas[from + 3 * outputs]);
      }
    }
  }
}

/** dLoss/dSums from dLoss/dOutputs, in place. */
function throughActivation(activation: Activation, deltas: Float32Array, values: Numbers): void {
  if (activation === 'relu') {
    for (let at = 0; at < deltas.length; at++) if (!(values[at] > 0)) deltas[at] = 0;
  } else if (activation === 'tanh') {
    for (let at = 0; at < deltas.length; at++) deltas[at] *= 1 - values[at] * values[at];
  }
}

/** One per row; 0 for a row that has no direction. */
function inverseLengths(vectors: Numbers, dimension: number): Float64Array {
  return Float64Array.from({ length: vectors.length / dimension }, (_, row) => {
    let square = 0;
    for (let at = row * dimension; at < (row + 1) * dimension; at++) square += vectors[at] ** 2;
    const length = Math.sqrt(square);
    return length < SHORTEST ? 0 : 1 / length;
  });
}

/** dLoss/dVector from dLoss/dDirection, in place: the part across the direction, over the length. */
function throughNormalization(
  deltas: Float32Array,
  directions: Numbers,
  scales: Float64Array,
  dimension: number,
): void {
  scales.forEach((scale, row) => {
    const [start, end] = [row * dimension, (row + 1) * dimension];
    let radial = 0;
    for (let at = start; at < end; at++) radial += deltas[at] * directions[at];
    for (let at = start; at < end; at++) deltas[at] = scale * (deltas[at] - radial * directions[at]);
  });
}
