export type Activation = 'linear' | 'relu' | 'tanh';

/**
 * A multilayer perceptron, the same for every point. Its last layer is a plain matrix, as at the end of SimCLR's projection
 * head (Chen et al. 2020): without hidden layers the encoder is linear, origin to origin.
 */
export interface EncoderShape {
  /** Coordinates of an input. */
  inputs: number;
  /** Hidden layers, 0 to 2; without any the encoder is one linear map. */
  layers: number;
  /** Units of each hidden layer. */
  width: number;
  /** What the hidden units do with their sums. Linear makes a product of matrices, which learns unlike a single one. */
  activation: Activation;
  /** Coordinates of an embedding. */
  outputs: number;
}

/** One layer: outputs = activation(inputs W + b); the last one is inputs W. */
export interface Layer {
  inputs: number;
  outputs: number;
  activation: Activation;
  /** Where its weights begin: rows x outputs, row-major, row i those from input i. */
  start: number;
  /** inputs; in a hidden layer one more, the biases, which are the weights of an input that is always 1. */
  rows: number;
}

export function layersOf({ inputs, layers, width, activation, outputs }: EncoderShape): Layer[] {
  const units = [inputs, ...Array.from({ length: layers }, () => width), outputs];
  let start = 0;
  return units.slice(1).map((layerOutputs, index) => {
    const isHidden = index < layers;
    const layer: Layer = {
      inputs: units[index],
      outputs: layerOutputs,
      activation: isHidden ? activation : 'linear',
      start,
      rows: units[index] + Number(isHidden),
    };
    start += layer.rows * layer.outputs;
    return layer;
  });
}

export function weightCount(shape: EncoderShape): number {
  return layersOf(shape).reduce((count, { rows, outputs }) => count + rows * outputs, 0);
}

/** An embedding shorter than this has no direction: on the sphere it becomes 0, and no gradient flows through it. */
export const SHORTEST = 1e-12;

export type Numbers = Float32Array | Float64Array;

/** A batch that went through the encoder. */
export interface Encoding {
  /** rows x outputs, row-major. */
  embeddings: Numbers;
  /**
   * dLoss/dWeights, laid out as the weights.
   * @param gradient dLoss/dEmbeddings, laid out as the embeddings.
   */
  backward(gradient: Numbers): Numbers;
}

/**
 * The encoder on the host, as reference/encoder.ts and cpu/encoder.ts have it; shaders/encoder-*.wgsl do the same.
 * @param inputs rows x inputs, row-major.
 * @param onSphere divides every embedding by its length, as a last layer.
 */
export type Encode = (shape: EncoderShape, weights: Numbers, inputs: Numbers, onSphere: boolean) => Encoding;
