import finishShader from '../../../shaders/finish.wgsl?raw';
import gradientNarrowShader from '../../../shaders/gradient-narrow.wgsl?raw';
import gradientShader from '../../../shaders/gradient.wgsl?raw';
import normalizeGradientShader from '../../../shaders/normalize-gradient.wgsl?raw';
import normalizeShader from '../../../shaders/normalize.wgsl?raw';
import numericsShader from '../../../shaders/numerics.wgsl?raw';
import pairTileShader from '../../../shaders/pair-tile.wgsl?raw';
import pairingShader from '../../../shaders/pairing.wgsl?raw';
import pullShader from '../../../shaders/pull.wgsl?raw';
import refineShader from '../../../shaders/refine.wgsl?raw';
import statisticsShader from '../../../shaders/statistics.wgsl?raw';
import termsShader from '../../../shaders/terms.wgsl?raw';
import totalsShader from '../../../shaders/totals.wgsl?raw';
import type { ParameterValues } from '../../losses/loss.ts';
import type { AnyLoss } from '../../losses/registry.ts';
import { kernel } from './kernel.ts';
import type { PairShape, Sweep } from './pair-shape.ts';
import { pairLayout, TILE_ROWS } from './pair-shape.ts';
import { fieldsOf, packUniform, sizeOf } from './wgsl.ts';
import type { Work } from './work.ts';
import { wholeWork } from './work.ts';

/** Dynamic uniform offsets are multiples of this on every adapter. */
const STRIDE = 256;

/** Up to this dimension, points fit into registers and gradient-narrow.wgsl serves. */
const NARROW = 4;

/** Multiply-adds that one pair's exponentials and selections are worth, for cutting work into slices. */
const PAIR_OVERHEAD = 24;

/** The buffers of one loss on one shape of batch. */
type Buffers = Record<
  | 'embeddings'
  | 'labels'
  | 'outputs'
  | 'quads'
  | 'inverseLengths'
  | 'partials'
  | 'anchors'
  | 'rowTerms'
  | 'totals'
  | 'gradients'
  | 'pullSums',
  GPUBuffer
>;

/**
 * The pair skeleton on the GPU: one loss on one shape of batch, its memory, and its work in order.
 * Embeddings go in, row terms, totals and gradients come out, all in buffers; memory grows with points x dimension.
 */
export class PairProgram {
  readonly buffers: Buffers;
  /** Everything from normalization to the totals; with gradient, to the outputs. */
  readonly works: readonly Work[];
  private readonly device: GPUDevice;
  private readonly loss: AnyLoss;
  private readonly size: { dimension: number; quads: number; splits: number };
  private readonly uniforms: Record<string, GPUBuffer>;

  private constructor(
    device: GPUDevice,
    loss: AnyLoss,
    size: { dimension: number; quads: number; splits: number },
    buffers: Buffers,
    uniforms: Record<string, GPUBuffer>,
    works: readonly Work[],
  ) {
    this.device = device;
    this.loss = loss;
    this.size = size;
    this.buffers = buffers;
    this.uniforms = uniforms;
    this.works = works;
  }

  /** Bytes of the largest buffer and of all buffers together, before any of them is made. */
  static memory(loss: AnyLoss, shape: PairShape): { largest: number; total: number } {
    const sizes = Object.values(bufferSizes(loss, shape));
    return { largest: Math.max(...sizes), total: sizes.reduce((sum, size) => sum + size, 0) };
  }

  /** @throws Error when a shader does not compile. */
  static async create(device: GPUDevice, loss: AnyLoss, shape: PairShape): Promise<PairProgram> {
    const { dimension } = shape;
    const layout = pairLayout(shape, loss.anchors);
    const gradientSource = dimension <= NARROW ? gradientNarrowShader : gradientShader;
    const prelude = [numericsShader, pairingShader, termsShader, loss.shader].join('\n');
    const skeleton = (label: string, source: string, entryPoint: string) =>
      kernel(device, {
        label: `${label} (${loss.kind})`,
        source: `${prelude}\n${source}`,
        entryPoint,
        dynamic: ['sweep', 'slice'],
      });
    const [normalize, statistics, refine, finish, totals, gradient, normalizeGradient] = await Promise.all([
      kernel(device, { label: 'normalize', source: normalizeShader, entryPoint: 'normalizePoints' }),
      skeleton('statistics', pairTileShader + statisticsShader, 'statistics'),
      shape.refines ? skeleton('refine', pairTileShader + refineShader, 'refinement') : undefined,
      skeleton('finish', finishShader, 'finishAnchors'),
      kernel(device, { label: 'totals', source: termsShader + totalsShader, entryPoint: 'addTotals' }),
      shape.gradient
        ? skeleton('gradient', pairTileShader + pullShader + gradientSource, 'gradient')
        : undefined,
      kernel(device, {
        label: 'normalize gradient',
        source: termsShader + normalizeGradientShader,
        entryPoint: 'normalizeGradient',
      }),
    ]);

    const buffers = createBuffers(device, loss, shape);
    const quads = layout.points / 4;
    const uniform = (label: string, bytes: ArrayBuffer | number) => {
      const size = typeof bytes === 'number' ? bytes : bytes.byteLength;
      const buffer = device.createBuffer({
        label,
        size,
        usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      });
      if (typeof bytes !== 'number') device.queue.writeBuffer(buffer, 0, bytes);
      return buffer;
    };
    const { splits } = layout;
    const uniforms = {
      parameters: uniform('parameters', 16 * Math.ceil(fieldsOf(loss.shader, 'Parameters').length / 4)),
      batch: uniform(
        'batch',
        packUniform(pairingShader, 'Batch', {
          dimension,
          quads,
          splits,
          exclusive: Number(layout.exclusive),
          keyStart: layout.keyStart,
          keyCount: shape.rows,
        }),
      ),
      sweep: uniform('sweeps', strided(layout.sweeps.map((sweep) => packSweep(sweep)))),
      slice: uniform('slices', strided(firstTiles(layout.sweeps))),
      normalization: uniform('normalization', 16),
      backward: uniform('backward', 16),
      splitParts: uniform('parts', packUniform(finishShader, 'Parts', { count: splits })),
      refinedParts: uniform('refined parts', packUniform(finishShader, 'Parts', { count: 2 * splits })),
    };
    const resources = { ...buffers, ...uniforms };
    const windows = { sweep: 32, slice: 16 };

    /** A sweep of the skeleton over its row tiles. */
    const sweepWork = (
      skeletonKernel: Awaited<ReturnType<typeof kernel>>,
      index: number,
      pairCost: number,
    ): Work => {
      const group = skeletonKernel.bind(resources, windows);
      const { rowStart, rowEnd, columnStart, columnEnd } = layout.sweeps[index];
      return {
        label: skeletonKernel.label,
        tiles: Math.ceil((rowEnd - rowStart) / TILE_ROWS),
        tileCost: TILE_ROWS * (columnEnd - columnStart) * pairCost,
        dispatch: (pass, first, count) => {
          pass.setPipeline(skeletonKernel.pipeline);
          pass.setBindGroup(0, group, [index * STRIDE, first * STRIDE]);
          pass.dispatchWorkgroups(count, splits);
        },
      };
    };
    const finishWork = (index: number, parts: GPUBuffer): Work => {
      const group = finish.bind({ ...resources, parts }, windows);
      const { rowStart, rowEnd } = layout.sweeps[index];
      return {
        label: finish.label,
        tiles: 1,
        tileCost: (rowEnd - rowStart) * 8 * splits,
        dispatch: (pass) => {
          pass.setPipeline(finish.pipeline);
          pass.setBindGroup(0, group, [index * STRIDE]);
          pass.dispatchWorkgroups(Math.ceil((rowEnd - rowStart) / 256));
        },
      };
    };
    const anchorSweeps = layout.sweeps.flatMap((sweep, index) => (sweep.rowsAreAnchors ? [index] : []));
    const pairCost = dimension + PAIR_OVERHEAD;
    const works: Work[] = [
      wholeWork(
        normalize.label,
        normalize.pipeline,
        normalize.bind(resources),
        quads,
        64,
        layout.points * dimension,
      ),
      ...anchorSweeps.map((index) => sweepWork(statistics, index, pairCost)),
      ...anchorSweeps.map((index) => finishWork(index, uniforms.splitParts)),
    ];
    if (refine) {
      works.push(
        ...anchorSweeps.map((index) => sweepWork(refine, index, pairCost)),
        ...anchorSweeps.map((index) => finishWork(index, uniforms.refinedParts)),
      );
    }
    works.push(wholeWork(totals.label, totals.pipeline, totals.bind(resources), 1, 1, layout.points));
    if (gradient) {
      works.push(
        ...layout.sweeps.map((_, index) => sweepWork(gradient, index, 2 * pairCost)),
        wholeWork(
          normalizeGradient.label,
          normalizeGradient.pipeline,
          normalizeGradient.bind(resources),
          quads,
          64,
          layout.points * dimension * 2 * splits,
        ),
      );
    }
    return new PairProgram(device, loss, { dimension, quads, splits }, buffers, uniforms, works);
  }

  /** The loss's parameters, for all work submitted from now on. */
  setParameters(values: ParameterValues): void {
    const normalize = Number(values.normalize !== false);
    const { queue } = this.device;
    queue.writeBuffer(
      this.uniforms.parameters,
      0,
      packUniform(this.loss.shader, 'Parameters', this.loss.constants(values)),
    );
    queue.writeBuffer(
      this.uniforms.normalization,
      0,
      packUniform(normalizeShader, 'Normalization', { ...this.size, normalize }),
    );
    queue.writeBuffer(
      this.uniforms.backward,
      0,
      packUniform(normalizeGradientShader, 'Backward', { ...this.size, normalize }),
    );
  }

  dispose(): void {
    for (const buffer of [...Object.values(this.buffers), ...Object.values(this.uniforms)]) buffer.destroy();
  }
}

function bufferSizes(loss: AnyLoss, shape: PairShape): Record<keyof Buffers, number> {
  const { points, splits } = pairLayout(shape, loss.anchors);
  const quads = points / 4;
  const structs = [numericsShader, loss.shader].join('\n');
  const coordinates = 4 * points * shape.dimension;
  return {
    embeddings: coordinates,
    labels: 4 * points,
    quads: coordinates,
    inverseLengths: 4 * points,
    partials: (shape.refines ? 2 : 1) * splits * quads * sizeOf(structs, 'Statistics'),
    anchors: quads * sizeOf(structs, 'Anchor'),
    rowTerms: quads * sizeOf(termsShader, 'RowTerms'),
    totals: 16,
    gradients: shape.gradient ? splits * coordinates : 16,
    pullSums: shape.gradient ? splits * quads * sizeOf(pullShader, 'PullSum') : 16,
    outputs: shape.gradient ? coordinates : 16,
  };
}

function createBuffers(device: GPUDevice, loss: AnyLoss, shape: PairShape): Buffers {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const entries = Object.entries(bufferSizes(loss, shape)).map(([name, size]) => [
    name,
    device.createBuffer({ label: `${name} (${loss.kind})`, size, usage }),
  ]);
  return Object.fromEntries(entries) as Buffers;
}

function packSweep(sweep: Sweep): ArrayBuffer {
  return packUniform(pairingShader, 'Sweep', {
    ...sweep,
    rowsAreAnchors: Number(sweep.rowsAreAnchors),
    columnsAreAnchors: Number(sweep.columnsAreAnchors),
  });
}

/** One entry per row tile, so that a dispatch may begin at any of them. */
function firstTiles(sweeps: readonly Sweep[]): ArrayBuffer[] {
  const tiles = Math.max(...sweeps.map(({ rowStart, rowEnd }) => Math.ceil((rowEnd - rowStart) / TILE_ROWS)));
  return Array.from({ length: tiles }, (_, firstTile) => packUniform(pairingShader, 'Slice', { firstTile }));
}

function strided(entries: readonly ArrayBuffer[]): ArrayBuffer {
  const bytes = new Uint8Array(entries.length * STRIDE);
  entries.forEach((entry, index) => bytes.set(new Uint8Array(entry), index * STRIDE));
  return bytes.buffer;
}
