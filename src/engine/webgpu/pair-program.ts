import type { ParameterValues } from '../../losses/loss.ts';
import type { AnyPairLoss } from '../../losses/registry.ts';
import type { Batch, EvaluateOptions, Evaluation } from '../engine.ts';
import { gradientFrom, uploadBatch } from './batch-transfer.ts';
import { STRIDE } from './dynamic-uniform.ts';
import type { Kernel } from './kernel.ts';
import type { LossProgram } from './loss-program.ts';
import { Readback } from './memory.ts';
import { compilePairKernels } from './pair-kernels.ts';
import type { PairKernels } from './pair-kernels.ts';
import { createPairMemory, storageBytes, WINDOWS, writeParameters } from './pair-memory.ts';
import type { PairMemory } from './pair-memory.ts';
import { pairLayout } from './pair-shape.ts';
import type { PairShape } from './pair-shape.ts';
import { pairRounds } from './pair-rounds.ts';
import { pairParts, rowsOfTile } from './pair-variant.ts';
import type { PairVariant } from './pair-variant.ts';
import { wholeWork } from './work.ts';
import type { Work } from './work.ts';

/** Floats per quad in the row terms (losses of four rows, then counts) and in the pull sums (shaders/terms.wgsl and pull.wgsl). */
const PER_QUAD = 8;

/** Multiply-adds that one pair's exponentials and selections are worth, for cutting work into slices. */
const PAIR_OVERHEAD = 24;

/**
 * The pair skeleton on the GPU: one loss on one shape of batch, its memory, and its work in order.
 * Embeddings go in, row terms, totals and gradients come out, all in buffers; memory grows with points x dimension.
 */
export class PairProgram implements LossProgram {
  readonly buffers: Readonly<PairMemory>;
  /** Everything from normalization to the totals; with gradient, to the outputs. */
  readonly works: readonly Work[];
  private readonly device: GPUDevice;
  private readonly loss: AnyPairLoss;
  private readonly shape: PairShape;
  private readonly variant: PairVariant;

  private constructor(
    device: GPUDevice,
    loss: AnyPairLoss,
    shape: PairShape,
    variant: PairVariant,
    kernels: PairKernels,
  ) {
    this.device = device;
    this.loss = loss;
    this.shape = shape;
    this.variant = variant;
    this.buffers = createPairMemory(device, loss, shape, variant);
    this.works = pairWorks(loss, shape, variant, kernels, this.buffers);
  }

  /** Bytes of the largest buffer, before any of them is made. */
  static largestBuffer(loss: AnyPairLoss, shape: PairShape, variant: PairVariant): number {
    return Math.max(...Object.values(storageBytes(loss, shape, variant)));
  }

  /** @throws Error when a shader does not compile. */
  static async create(
    device: GPUDevice,
    loss: AnyPairLoss,
    shape: PairShape,
    variant: PairVariant,
  ): Promise<PairProgram> {
    const kernels = await compilePairKernels(device, loss, shape, variant);
    return new PairProgram(device, loss, shape, variant, kernels);
  }

  /** The loss's parameters, for all work submitted from now on. */
  setParameters(values: ParameterValues): void {
    writeParameters(this.device, this.buffers, this.loss, this.shape, this.variant, values);
  }

  upload(batch: Batch): void {
    uploadBatch(this.device, this.buffers, this.shape, this.loss.anchors, batch);
  }

  async read(values: ParameterValues, options: EvaluateOptions): Promise<Evaluation> {
    const { loss, shape, buffers } = this;
    const { rows } = shape;
    const { keyStart } = pairLayout(shape, loss.anchors);
    const towers = loss.anchors === 'both' ? 2 : 1;
    const readback = new Readback(this.device);
    const terms = readback.add(buffers.rowTerms);
    const sums = shape.gradient ? readback.add(buffers.pullSums) : undefined;
    const outputs = shape.gradient ? readback.add(buffers.outputs) : undefined;
    const bytes = await readback.read();

    const termLosses = new Float32Array(bytes, terms.offset, terms.size / 4);
    const termCounts = new Uint32Array(bytes, terms.offset, terms.size / 4);
    const rowLosses = new Float32Array(rows);
    let sum = 0;
    let count = 0;
    for (let tower = 0; tower < towers; tower++) {
      for (let row = 0; row < rows; row++) {
        const point = tower * keyStart + row;
        const at = (point >> 2) * PER_QUAD + (point & 3);
        sum += termLosses[at];
        count += termCounts[at + 4];
        rowLosses[row] += termLosses[at] / Math.max(1, termCounts[at + 4]) / towers;
      }
    }
    const result: Evaluation = { loss: count === 0 ? 0 : sum / count, count: count / towers };
    if (options.rowLosses) result.rowLosses = rowLosses;
    if (sums && outputs) {
      const pullSums = new Float32Array(bytes, sums.offset, sums.size / 4);
      const totals = { pullSimilarity: 0, pull: 0 };
      for (let at = 0; at < pullSums.length; at += PER_QUAD) {
        for (let lane = 0; lane < 4; lane++) {
          totals.pullSimilarity += pullSums[at + lane] / Math.max(1, count);
          totals.pull += pullSums[at + 4 + lane] / Math.max(1, count);
        }
      }
      result.parameterGradients = loss.parameterGradients(values, totals);
      result.gradient = gradientFrom(bytes, outputs.offset, shape, loss.anchors);
    }
    return result;
  }

  dispose(): void {
    for (const buffer of Object.values(this.buffers)) buffer.destroy();
  }
}

function pairWorks(
  loss: AnyPairLoss,
  shape: PairShape,
  variant: PairVariant,
  kernels: PairKernels,
  memory: PairMemory,
): Work[] {
  const layout = pairLayout(shape, loss.anchors);
  const { sweeps, points } = layout;
  const parts = pairParts(variant, shape);
  const pairCost = shape.dimension + PAIR_OVERHEAD;
  const coordinates = points * shape.dimension;

  /** Kernels that exchange call by their own names what lies by point; parts of a round begin at an entry of the slices. */
  const resources = {
    ...memory,
    points: memory.quads,
    collected: memory.gradients,
    part: memory.slice,
  };

  /** A kernel over one rectangle of pairs, so many products of vectors for each; divisible into row tiles. */
  const sweepWork = (kernel: Kernel, index: number, columnParts: number, products: number): Work => {
    const group = kernel.bind(resources, WINDOWS);
    const { rowStart, rowEnd, columnStart, columnEnd } = sweeps[index];
    const tileRows = rowsOfTile(variant);
    return {
      label: kernel.label,
      tiles: Math.ceil((rowEnd - rowStart) / tileRows),
      tileCost: tileRows * (columnEnd - columnStart) * products * pairCost,
      multiplyAdds: (rowEnd - rowStart) * (columnEnd - columnStart) * products * shape.dimension,
      bytes: kernel.bytes(resources),
      dispatch: (pass, first, count) => {
        pass.setPipeline(kernel.pipeline);
        pass.setBindGroup(0, group, [index * STRIDE, first * STRIDE]);
        pass.dispatchWorkgroups(count, columnParts);
      },
    };
  };
  /** The gradient by exchange between lanes, divisible into rounds. */
  const roundsWork = (kernel: Kernel): Work => {
    const group = kernel.bind(resources, WINDOWS);
    const rounds = pairRounds(variant, shape, sweeps[0]);
    const { rowStart, rowEnd, columnStart, columnEnd } = sweeps[0];
    // Of one set, each pair meets once.
    const pairs = ((rowEnd - rowStart) * (columnEnd - columnStart)) / (shape.kind === 'labelled' ? 2 : 1);
    return {
      label: kernel.label,
      tiles: rounds.length,
      tileCost: (pairs * (3 * shape.dimension + 2 * PAIR_OVERHEAD)) / rounds.length,
      // A similarity, and a gradient for both ends.
      multiplyAdds: pairs * 3 * shape.dimension,
      bytes: kernel.bytes(resources),
      dispatch: (pass, first, count) => {
        pass.setPipeline(kernel.pipeline);
        for (const { round, firstWorkgroup, workgroups } of rounds.slice(first, first + count)) {
          pass.setBindGroup(0, group, [0, round * STRIDE, firstWorkgroup * STRIDE]);
          pass.dispatchWorkgroups(workgroups);
        }
      },
    };
  };
  const finishWork = (index: number, counts: GPUBuffer): Work => {
    const group = kernels.finish.bind({ ...memory, parts: counts }, WINDOWS);
    const rows = sweeps[index].rowEnd - sweeps[index].rowStart;
    return {
      label: kernels.finish.label,
      tiles: 1,
      tileCost: rows * 8 * parts.statistics,
      multiplyAdds: 0,
      bytes: kernels.finish.bytes({ ...memory, parts: counts }),
      dispatch: (pass) => {
        pass.setPipeline(kernels.finish.pipeline);
        pass.setBindGroup(0, group, [index * STRIDE]);
        pass.dispatchWorkgroups(Math.ceil(rows / 256));
      },
    };
  };
  const { normalize, statistics, refine, totals, gradients, normalizeGradient, subgroup } = kernels;
  const anchorSweeps = sweeps.flatMap((sweep, index) => (sweep.rowsAreAnchors ? [index] : []));
  const passWorks = (kernel: Kernel, transposition: GPUBuffer, counts: GPUBuffer): Work[] => [
    ...anchorSweeps.map((index) => sweepWork(kernel, index, subgroup ? 1 : parts.statistics, 1)),
    ...(subgroup
      ? [wholeWork(subgroup.transpose, { ...memory, transposition }, memory.partials.size / 64, 64, points)]
      : []),
    ...anchorSweeps.map((index) => finishWork(index, counts)),
  ];
  const works = [
    wholeWork(normalize, memory, points / 4, 64, coordinates),
    ...passWorks(statistics, memory.firstTransposition, memory.firstParts),
    ...(refine ? passWorks(refine, memory.secondTransposition, memory.allParts) : []),
    wholeWork(totals, memory, 1, 1, points),
  ];
  if (normalizeGradient) {
    works.push(
      ...(subgroup
        ? [memory.gradients, memory.pullSums].map((sums) =>
            wholeWork(subgroup.clear, { sums }, sums.size / 16, 64, sums.size / 4),
          )
        : []),
      ...gradients.map((gradient, index) =>
        subgroup ? roundsWork(gradient) : sweepWork(gradient, index, parts.gradient, 2),
      ),
      wholeWork(normalizeGradient, memory, points / 4, 64, 2 * parts.gradient * coordinates),
    );
  }
  return works;
}
