import backwardShader from '../../../shaders/encoder-backward.wgsl?raw';
import forwardShader from '../../../shaders/encoder-forward.wgsl?raw';
import layerShader from '../../../shaders/encoder-layer.wgsl?raw';
import outputsGradientShader from '../../../shaders/encoder-outputs-gradient.wgsl?raw';
import outputsShader from '../../../shaders/encoder-outputs.wgsl?raw';
import rowsShader from '../../../shaders/encoder-rows.wgsl?raw';
import totalShader from '../../../shaders/encoder-total.wgsl?raw';
import weightsShader from '../../../shaders/encoder-weights.wgsl?raw';
import { layersOf, weightCount } from '../encoder.ts';
import type { Activation, EncoderShape, Layer } from '../encoder.ts';
import { kernel } from './kernel.ts';
import { refuseBeyondLimits } from './memory.ts';
import { packUniform } from './wgsl.ts';
import { wholeWork } from './work.ts';
import type { Work } from './work.ts';

/** As numbered in shaders/encoder-layer.wgsl. */
const ACTIVATIONS: Record<Activation, number> = { linear: 0, relu: 1, tanh: 2 };

/** As in shaders/encoder-layer.wgsl and encoder-weights.wgsl. */
const TILE = 32;
const SPLIT_ROWS = 256;

/** The rows of a batch; those of its padding belong to nobody. */
export interface EncoderRows {
  rows: number;
  padding: { start: number; end: number };
}

/** What the encoder reads and writes beside its own memory. */
export interface EncoderBuffers {
  /** As the layers of the shape have them. */
  weights: GPUBuffer;
  /** Receives rows x outputs. */
  embeddings: GPUBuffer;
  /** dLoss/dEmbeddings, rows x outputs; without it there is no way back. */
  gradients?: GPUBuffer;
}

/** The encoder on a batch of one size, on the GPU: its memory, and its work in order. */
export interface EncoderProgram {
  /** rows x inputs, to be written before `forward`. */
  readonly inputs: GPUBuffer;
  /** dLoss/dWeights, written by `backward`. */
  readonly weightGradients: GPUBuffer;
  readonly forward: readonly Work[];
  readonly backward: readonly Work[];
  /** Whether embeddings are divided by their length, for all work submitted from now on. */
  configure(onSphere: boolean): void;
  dispose(): void;
}

/**
 * @throws InputError naming `argument` when the batch does not fit the device.
 * @throws Error when a shader does not compile.
 */
export async function createEncoderProgram(
  device: GPUDevice,
  shape: EncoderShape,
  { rows, padding }: EncoderRows,
  { weights, embeddings, gradients }: EncoderBuffers,
  argument: string,
): Promise<EncoderProgram> {
  const layers = layersOf(shape);
  const count = weightCount(shape);
  const splits = Math.ceil(rows / SPLIT_ROWS);
  const widest = Math.max(shape.inputs, ...layers.map(({ outputs }) => outputs));
  refuseBeyondLimits(device, argument, 4 * Math.max(rows * widest, gradients ? splits * count : 0));

  const compute = (label: string, entryPoint: string, ...parts: string[]) =>
    kernel(device, { label, source: parts.join('\n'), entryPoint });
  const [forwardLayer, writeEmbeddings, takeGradients, backwardLayer, weightGradient, addSplits] =
    await Promise.all([
      compute('encoder forward', 'forwardLayer', layerShader, forwardShader),
      compute('encoder outputs', 'writeEmbeddings', rowsShader, outputsShader),
      compute('encoder outputs gradient', 'takeGradients', rowsShader, outputsGradientShader),
      compute('encoder backward', 'backwardLayer', layerShader, backwardShader),
      compute('encoder weights', 'weightGradient', layerShader, weightsShader),
      compute('encoder total', 'addSplits', totalShader),
    ]);

  const owned: GPUBuffer[] = [];
  const storage = (label: string, values: number) => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = device.createBuffer({ label: `encoder: ${label}`, size: Math.max(16, 4 * values), usage });
    owned.push(buffer);
    return buffer;
  };
  const uniform = (label: string, contents: ArrayBuffer) => {
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    const buffer = device.createBuffer({ label: `encoder: ${label}`, size: contents.byteLength, usage });
    device.queue.writeBuffer(buffer, 0, contents);
    owned.push(buffer);
    return buffer;
  };
  const outputsOf = (onSphere: boolean) =>
    packUniform(rowsShader, 'Outputs', {
      rows,
      dimension: shape.outputs,
      paddingStart: padding.start,
      paddingEnd: padding.end,
      onSphere: Number(onSphere),
    });

  /** Inputs of the first layer, then the outputs of each. */
  const values = [
    storage('inputs', rows * shape.inputs),
    ...layers.map(({ outputs }, index) => storage(`values ${index + 1}`, rows * outputs)),
  ];
  const shapeUniform = uniform('outputs', outputsOf(false));
  const layerUniforms = layers.map((layer, index) =>
    uniform(`layer ${index + 1}`, packLayer(layers, layer, rows, count)),
  );
  const last = layers.length;
  const weightGradients = storage('weight gradients', gradients ? count : 0);

  const tiled = (
    entry: typeof forwardLayer,
    buffers: Record<string, GPUBuffer>,
    [tileRows, columns]: [number, number],
    slices: number,
    cost: number,
  ): Work => {
    const group = entry.bind(buffers);
    const tiles = Math.ceil(tileRows / TILE) * Math.ceil(columns / TILE);
    return {
      label: entry.label,
      tiles: 1,
      tileCost: cost,
      multiplyAdds: cost,
      bytes: entry.bytes(buffers),
      dispatch: (pass) => {
        pass.setPipeline(entry.pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(tiles, slices);
      },
    };
  };
  const costOf = (layer: Layer) => rows * layer.rows * layer.outputs;

  const forward = [
    ...layers.map((layer, index) =>
      tiled(
        forwardLayer,
        { layer: layerUniforms[index], weights, inputs: values[index], outputs: values[index + 1] },
        [rows, layer.outputs],
        1,
        costOf(layer),
      ),
    ),
    wholeWork(
      writeEmbeddings,
      { shape: shapeUniform, outputs: values[last], embeddings },
      rows,
      64,
      rows * shape.outputs,
    ),
  ];

  const backward: Work[] = [];
  if (gradients) {
    const deltas = layers.map(({ outputs }, index) => storage(`deltas ${index + 1}`, rows * outputs));
    const partials = storage('weight gradients of splits', splits * count);
    const splitSizes = uniform('splits', packUniform(totalShader, 'Splits', { weights: count, splits }));
    backward.push(
      wholeWork(
        takeGradients,
        { shape: shapeUniform, outputs: values[last], gradients, deltas: deltas[last - 1] },
        rows,
        64,
        2 * rows * shape.outputs,
      ),
    );
    for (let index = last - 1; index >= 0; index--) {
      const layer = layers[index];
      const own = { layer: layerUniforms[index], inputs: values[index], deltas: deltas[index] };
      backward.push(
        tiled(weightGradient, { ...own, partials }, [layer.rows, layer.outputs], splits, costOf(layer)),
      );
      if (index === 0) continue;
      backward.push(
        tiled(
          backwardLayer,
          { ...own, weights, inputDeltas: deltas[index - 1] },
          [rows, layer.inputs],
          1,
          costOf(layer),
        ),
      );
    }
    backward.push(
      wholeWork(addSplits, { splits: splitSizes, partials, weightGradients }, count, 64, splits * count),
    );
  }
  return {
    inputs: values[0],
    weightGradients,
    forward,
    backward,
    configure: (onSphere) => device.queue.writeBuffer(shapeUniform, 0, outputsOf(onSphere)),
    dispose: () => {
      for (const buffer of owned) buffer.destroy();
    },
  };
}

function packLayer(layers: readonly Layer[], layer: Layer, rows: number, weights: number): ArrayBuffer {
  const before = layers[layers.indexOf(layer) - 1];
  return packUniform(layerShader, 'Layer', {
    rows,
    inputs: layer.inputs,
    outputs: layer.outputs,
    weightStart: layer.start,
    weightRows: layer.rows,
    weights,
    inputActivation: ACTIVATIONS[before?.activation ?? 'linear'],
    outputActivation: ACTIVATIONS[layer.activation],
  });
}
