import type { ParameterValues } from '../../losses/loss.ts';
import type { AnyLoss } from '../../losses/registry.ts';
import type { Kernel } from './kernel.ts';
import { compilePairKernels } from './pair-kernels.ts';
import type { PairKernels } from './pair-kernels.ts';
import { createPairMemory, storageBytes, STRIDE, WINDOWS, writeParameters } from './pair-memory.ts';
import type { PairMemory } from './pair-memory.ts';
import { pairLayout, TILE_ROWS } from './pair-shape.ts';
import type { PairShape } from './pair-shape.ts';
import { wholeWork } from './work.ts';
import type { Work } from './work.ts';

/** Multiply-adds that one pair's exponentials and selections are worth, for cutting work into slices. */
const PAIR_OVERHEAD = 24;

/**
 * The pair skeleton on the GPU: one loss on one shape of batch, its memory, and its work in order.
 * Embeddings go in, row terms, totals and gradients come out, all in buffers; memory grows with points x dimension.
 */
export class PairProgram {
  readonly buffers: Readonly<PairMemory>;
  /** Everything from normalization to the totals; with gradient, to the outputs. */
  readonly works: readonly Work[];
  private readonly device: GPUDevice;
  private readonly loss: AnyLoss;
  private readonly shape: PairShape;

  private constructor(device: GPUDevice, loss: AnyLoss, shape: PairShape, kernels: PairKernels) {
    this.device = device;
    this.loss = loss;
    this.shape = shape;
    this.buffers = createPairMemory(device, loss, shape);
    this.works = pairWorks(loss, shape, kernels, this.buffers);
  }

  /** Bytes of the largest buffer, before any of them is made. */
  static largestBuffer(loss: AnyLoss, shape: PairShape): number {
    return Math.max(...Object.values(storageBytes(loss, shape)));
  }

  /** @throws Error when a shader does not compile. */
  static async create(device: GPUDevice, loss: AnyLoss, shape: PairShape): Promise<PairProgram> {
    return new PairProgram(device, loss, shape, await compilePairKernels(device, loss, shape));
  }

  /** The loss's parameters, for all work submitted from now on. */
  setParameters(values: ParameterValues): void {
    writeParameters(this.device, this.buffers, this.loss, this.shape, values);
  }

  dispose(): void {
    for (const buffer of Object.values(this.buffers)) buffer.destroy();
  }
}

function pairWorks(loss: AnyLoss, shape: PairShape, kernels: PairKernels, memory: PairMemory): Work[] {
  const { sweeps, points, splits } = pairLayout(shape, loss.anchors);
  const pairCost = shape.dimension + PAIR_OVERHEAD;
  const coordinates = points * shape.dimension;

  /** A kernel of the skeleton over one rectangle of pairs, divisible into row tiles. */
  const sweepWork = (kernel: Kernel, index: number, cost: number): Work => {
    const group = kernel.bind(memory, WINDOWS);
    const { rowStart, rowEnd, columnStart, columnEnd } = sweeps[index];
    return {
      label: kernel.label,
      tiles: Math.ceil((rowEnd - rowStart) / TILE_ROWS),
      tileCost: TILE_ROWS * (columnEnd - columnStart) * cost,
      dispatch: (pass, first, count) => {
        pass.setPipeline(kernel.pipeline);
        pass.setBindGroup(0, group, [index * STRIDE, first * STRIDE]);
        pass.dispatchWorkgroups(count, splits);
      },
    };
  };
  const finishWork = (index: number, parts: GPUBuffer): Work => {
    const group = kernels.finish.bind({ ...memory, parts }, WINDOWS);
    const rows = sweeps[index].rowEnd - sweeps[index].rowStart;
    return {
      label: kernels.finish.label,
      tiles: 1,
      tileCost: rows * 8 * splits,
      dispatch: (pass) => {
        pass.setPipeline(kernels.finish.pipeline);
        pass.setBindGroup(0, group, [index * STRIDE]);
        pass.dispatchWorkgroups(Math.ceil(rows / 256));
      },
    };
  };

  const { normalize, statistics, refine, totals, gradients, normalizeGradient } = kernels;
  const anchorSweeps = sweeps.flatMap((sweep, index) => (sweep.rowsAreAnchors ? [index] : []));
  const works = [
    wholeWork(normalize, memory, points / 4, 64, coordinates),
    ...anchorSweeps.map((index) => sweepWork(statistics, index, pairCost)),
    ...anchorSweeps.map((index) => finishWork(index, memory.splitParts)),
  ];
  if (refine) {
    works.push(
      ...anchorSweeps.map((index) => sweepWork(refine, index, pairCost)),
      ...anchorSweeps.map((index) => finishWork(index, memory.refinedParts)),
    );
  }
  works.push(wholeWork(totals, memory, 1, 1, points));
  if (normalizeGradient) {
    works.push(
      ...gradients.map((gradient, index) => sweepWork(gradient, index, 2 * pairCost)),
      wholeWork(normalizeGradient, memory, points / 4, 64, 2 * splits * coordinates),
    );
  }
  return works;
}
