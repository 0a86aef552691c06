import { lengthOf } from '../../losses/point-set.ts';
import { layersOf, SHORTEST } from '../encoder.ts';
import type { Activation, Encode, Layer, Numbers } from '../encoder.ts';

/** The encoder in float64, layer by layer, one sum per unit. */
export const encode: Encode = (shape, weights, inputs, onSphere) => {
  const layers = layersOf(shape);
  const values: Numbers[] = [inputs];
  for (const layer of layers) values.push(forward(layer, weights, values[values.length - 1]));
  const outputs = values[values.length - 1];
  return {
    embeddings: onSphere ? normalize(outputs, shape.outputs) : outputs,
    backward(gradient) {
      let deltas = onSphere ? normalizeGradient(outputs, gradient, shape.outputs) : gradient;
      const weightGradient = new Float64Array(weights.length);
      layers.toReversed().forEach((layer, behind) => {
        const index = layers.length - 1 - behind;
        const own = Float64Array.from(
          deltas,
          (delta, at) => delta * derivative(layer.activation, values[index + 1][at]),
        );
        addWeightGradient(layer, values[index], own, weightGradient);
        deltas = backward(layer, weights, own);
      });
      return weightGradient;
    },
  };
};

function activate(activation: Activation, sum: number): number {
  switch (activation) {
    case 'linear':
      return sum;
    case 'relu':
      return Math.max(0, sum);
    case 'tanh':
      return Math.tanh(sum);
  }
}

/** d activation / d sum, from the activation's value. */
function derivative(activation: Activation, value: number): number {
  switch (activation) {
    case 'linear':
      return 1;
    case 'relu':
      return value > 0 ? 1 : 0;
    case 'tanh':
      return 1 - value ** 2;
  }
}

function forward(
  { inputs, outputs, activation, start, rows: weightRows }: Layer,
  weights: Numbers,
  values: Numbers,
) {
  const rows = values.length / inputs;
  const result = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    for (let output = 0; output < outputs; output++) {
      let sum = 0;
      for (let input = 0; input < weightRows; input++) {
        const value = input < inputs ? values[row * inputs + input] : 1;
        sum += value * weights[start + input * outputs + output];
      }
      result[row * outputs + output] = activate(activation, sum);
    }
  }
  return result;
}

/** dLoss/dInputs from dLoss/dSums. */
function backward({ inputs, outputs, start }: Layer, weights: Numbers, deltas: Numbers) {
  const rows = deltas.length / outputs;
  const result = new Float64Array(rows * inputs);
  for (let row = 0; row < rows; row++) {
    for (let input = 0; input < inputs; input++) {
      let sum = 0;
      for (let output = 0; output < outputs; output++) {
        sum += deltas[row * outputs + output] * weights[start + input * outputs + output];
      }
      result[row * inputs + input] = sum;
    }
  }
  return result;
}

/** dLoss/dWeights of a layer from dLoss/dSums. */
function addWeightGradient(
  { inputs, outputs, start, rows: weightRows }: Layer,
  values: Numbers,
  deltas: Numbers,
  weightGradient: Float64Array,
): void {
  const rows = deltas.length / outputs;
  for (let row = 0; row < rows; row++) {
    for (let input = 0; input < weightRows; input++) {
      const value = input < inputs ? values[row * inputs + input] : 1;
      for (let output = 0; output < outputs; output++) {
        weightGradient[start + input * outputs + output] += value * deltas[row * outputs + output];
      }
    }
  }
}

function normalize(vectors: Numbers, dimension: number): Float64Array {
  return Float64Array.from(vectors, (value, at) => {
    const length = lengthOf(vectors.subarray(at - (at % dimension), at - (at % dimension) + dimension));
    return length < SHORTEST ? 0 : value / length;
  });
}

/** dLoss/dVector from dLoss/d(vector / |vector|): the part across the vector, over its length. */
function normalizeGradient(vectors: Numbers, gradient: Numbers, dimension: number): Float64Array {
  const result = new Float64Array(vectors.length);
  for (let start = 0; start < vectors.length; start += dimension) {
    const length = lengthOf(vectors.subarray(start, start + dimension));
    if (length < SHORTEST) continue;
    let radial = 0;
    for (let at = start; at < start + dimension; at++) radial += (gradient[at] * vectors[at]) / length;
    for (let at = start; at < start + dimension; at++) {
      result[at] = (gradient[at] - (radial * vectors[at]) / length) / length;
    }
  }
  return result;
}
