import normalizeGradientShader from '../../../shaders/normalize-gradient.wgsl?raw';
import normalizeShader from '../../../shaders/normalize.wgsl?raw';
import pointLayoutShader from '../../../shaders/point-layout.wgsl?raw';
import termsShader from '../../../shaders/terms.wgsl?raw';
import type { ParameterValues } from '../../losses/loss.ts';
import type { AnyDistanceLoss, AnyFeatureLoss, AnyMatchLoss, AnyTripletLoss } from '../../losses/registry.ts';
import type { Batch, EvaluateOptions, Evaluation } from '../engine.ts';
import { gradientFrom, uploadBatch } from './batch-transfer.ts';
import { kernel } from './kernel.ts';
import type { LossProgram } from './loss-program.ts';
import { Readback, refuseBeyondLimits } from './memory.ts';
import { pairLayout } from './pair-shape.ts';
import type { PairShape } from './pair-shape.ts';
import { fieldsOf, packUniform } from './wgsl.ts';
import { wholeWork } from './work.ts';
import type { Work } from './work.ts';

type Loss = AnyMatchLoss | AnyFeatureLoss | AnyDistanceLoss | AnyTripletLoss;

/** What the kernels of a skeleton read and write, by the names they have in the shaders. */
export type PointMemory = Readonly<Record<string, GPUBuffer>> & LossProgram['buffers'];

/** The buffers a skeleton needs beside those that every skeleton over points has. */
export interface PointBuffers {
  /** Bytes of storage. */
  storage: Record<string, number>;
  /** Contents of uniforms that never change. */
  uniforms: Record<string, ArrayBuffer>;
  /** How many parts the gradients are left in, to be added up. Default 1. */
  splits?: number;
  /** What one of the buffers tells of losses, where the totals and the row terms do not. */
  tally?: { buffer: string; losses(values: ParameterValues, numbers: Float32Array): Losses };
}

type Losses = Required<Pick<Evaluation, 'loss' | 'count' | 'rowLosses'>>;

/**
 * The ends that the skeletons over two towers of points share: normalization before their own work, the gradient
 * through it afterwards, what goes in and what comes out.
 */
export class PointProgram implements LossProgram {
  readonly buffers: PointMemory;
  readonly works: readonly Work[];
  private readonly device: GPUDevice;
  private readonly loss: Loss;
  private readonly shape: PairShape;
  private readonly own: PointBuffers;

  private constructor(
    device: GPUDevice,
    loss: Loss,
    shape: PairShape,
    own: PointBuffers,
    buffers: PointMemory,
    works: readonly Work[],
  ) {
    this.device = device;
    this.loss = loss;
    this.shape = shape;
    this.own = own;
    this.buffers = buffers;
    this.works = works;
  }

  /**
   * @param skeleton compiles the skeleton's own kernels; they leave the totals and, undivided by the count, the gradients.
   * @throws InputError naming `argument` when the shape does not fit the device.
   * @throws Error when a shader does not compile.
   */
  static async create(
    device: GPUDevice,
    loss: Loss,
    shape: PairShape,
    argument: string,
    own: PointBuffers,
    skeleton: () => Promise<(memory: PointMemory) => Work[]>,
  ): Promise<PointProgram> {
    const { points } = pairLayout(shape, loss.anchors);
    const coordinates = points * shape.dimension;
    const storage = {
      embeddings: 4 * coordinates,
      labels: 4 * points,
      quads: 4 * coordinates,
      inverseLengths: 4 * points,
      gradients: shape.gradient ? 4 * coordinates : 16,
      outputs: shape.gradient ? 4 * coordinates : 16,
      totals: 16,
      ...own.storage,
    };
    refuseBeyondLimits(device, argument, Math.max(...Object.values(storage)));
    const [normalize, normalizeGradient, worksOf] = await Promise.all([
      kernel(device, {
        label: 'normalize',
        source: [pointLayoutShader, normalizeShader].join('\n'),
        entryPoint: 'normalizePoints',
      }),
      kernel(device, {
        label: 'normalize gradient',
        source: [pointLayoutShader, termsShader, normalizeGradientShader].join('\n'),
        entryPoint: 'normalizeGradient',
      }),
      skeleton(),
    ]);
    const uniforms = {
      parameters: new ArrayBuffer(16 * Math.ceil(fieldsOf(loss.shader, 'Parameters').length / 4)),
      normalization: new ArrayBuffer(16),
      backward: new ArrayBuffer(16),
      ...own.uniforms,
    };
    const memory = createMemory(device, loss.kind, storage, uniforms);
    const works = [
      wholeWork(normalize, memory, points / 4, 64, coordinates),
      ...worksOf(memory),
      ...(shape.gradient
        ? [wholeWork(normalizeGradient, memory, points / 4, 64, 2 * (own.splits ?? 1) * coordinates)]
        : []),
    ];
    return new PointProgram(device, loss, shape, own, memory, works);
  }

  setParameters(values: ParameterValues): void {
    const { device, buffers, loss, shape, own } = this;
    const quads = pairLayout(shape, loss.anchors).points / 4;
    const size = { dimension: shape.dimension, quads, parts: own.splits ?? 1 };
    const normalize = Number(values.normalize);
    const write = (buffer: GPUBuffer, contents: ArrayBuffer) => device.queue.writeBuffer(buffer, 0, contents);
    write(buffers.parameters, packUniform(loss.shader, 'Parameters', loss.constants(values)));
    write(buffers.normalization, packUniform(normalizeShader, 'Normalization', { ...size, normalize }));
    write(buffers.backward, packUniform(normalizeGradientShader, 'Backward', { ...size, normalize }));
  }

  upload(batch: Batch): void {
    uploadBatch(this.device, this.buffers, this.shape, this.loss.anchors, batch);
  }

  async read(values: ParameterValues, options: EvaluateOptions): Promise<Evaluation> {
    const { loss, shape, buffers, own } = this;
    const readback = new Readback(this.device);
    const tallies = own.tally && readback.add(buffers[own.tally.buffer]);
    const totals = readback.add(buffers.totals);
    const terms = options.rowLosses && buffers.rowTerms ? readback.add(buffers.rowTerms) : undefined;
    const outputs = shape.gradient ? readback.add(buffers.outputs) : undefined;
    const bytes = await readback.read();

    const [sum] = new Float32Array(bytes, totals.offset, 1);
    const [, count] = new Uint32Array(bytes, totals.offset, 2);
    let result: Evaluation = { loss: sum / count, count };
    if (tallies && own.tally) {
      const { rowLosses, ...told } = own.tally.losses(
        values,
        new Float32Array(bytes, tallies.offset, tallies.size / 4),
      );
      result = options.rowLosses ? { ...told, rowLosses } : told;
    } else if (options.rowLosses) {
      // Four losses, then four counts. A loss without rows is the loss of the batch for every one of them.
      const losses = terms && new Float32Array(bytes, terms.offset, terms.size / 4);
      result.rowLosses = Float32Array.from({ length: shape.rows }, (_, row) =>
        losses ? losses[8 * (row >> 2) + (row & 3)] : result.loss,
      );
    }
    if (outputs) {
      result.gradient = gradientFrom(bytes, outputs.offset, shape, loss.anchors);
      result.parameterGradients = {};
    }
    return result;
  }

  dispose(): void {
    for (const buffer of Object.values(this.buffers)) buffer.destroy();
  }
}

function createMemory(
  device: GPUDevice,
  kind: string,
  storage: Record<string, number>,
  uniforms: Record<string, ArrayBuffer>,
): PointMemory {
  const make = (name: string, size: number, usage: GPUBufferUsageFlags) =>
    device.createBuffer({ label: `${name} (${kind})`, size, usage: usage | GPUBufferUsage.COPY_DST });
  const storageUsage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
  const memory: Record<string, GPUBuffer> = {};
  for (const [name, size] of Object.entries(storage)) memory[name] = make(name, size, storageUsage);
  for (const [name, contents] of Object.entries(uniforms)) {
    memory[name] = make(name, contents.byteLength, GPUBufferUsage.UNIFORM);
    device.queue.writeBuffer(memory[name], 0, contents);
  }
  return memory as Record<keyof LossProgram['buffers'], GPUBuffer>;
}
