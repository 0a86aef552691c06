import finishShader from '../../../shaders/finish.wgsl?raw';
import normalizeGradientShader from '../../../shaders/normalize-gradient.wgsl?raw';
import normalizeShader from '../../../shaders/normalize.wgsl?raw';
import numericsShader from '../../../shaders/numerics.wgsl?raw';
import pairingShader from '../../../shaders/pairing.wgsl?raw';
import pullShader from '../../../shaders/pull.wgsl?raw';
import transposeShader from '../../../shaders/subgroup-transpose.wgsl?raw';
import termsShader from '../../../shaders/terms.wgsl?raw';
import type { ParameterValues } from '../../losses/loss.ts';
import type { AnyPairLoss } from '../../losses/registry.ts';
import { strided } from './dynamic-uniform.ts';
import { pairLayout, TILE_ROWS } from './pair-shape.ts';
import type { PairLayout, PairShape, Sweep } from './pair-shape.ts';
import { exchanges, pairParts } from './pair-variant.ts';
import type { PairVariant } from './pair-variant.ts';
import { fieldsOf, packUniform, sizeOf } from './wgsl.ts';

/** How many bytes a kernel sees of the uniforms that are bound with an offset. */
export const WINDOWS = { sweep: 16, slice: 16, part: 16 };

type Storage =
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
  | 'pullSums';

type Uniform =
  | 'parameters'
  | 'batch'
  | 'sweep'
  | 'slice'
  | 'normalization'
  | 'backward'
  | 'firstParts'
  | 'allParts'
  | 'firstTransposition'
  | 'secondTransposition';

/** What the kernels of one loss on one shape of batch read and write. */
export type PairMemory = Record<Storage | Uniform, GPUBuffer>;

/** Bytes of each storage buffer, before any of them is made. */
export function storageBytes(
  loss: AnyPairLoss,
  shape: PairShape,
  variant: PairVariant,
): Record<Storage, number> {
  const layout = pairLayout(shape, loss.anchors);
  const { points } = layout;
  const parts = pairParts(variant, shape);
  const quads = points / 4;
  const structs = [numericsShader, loss.shader].join('\n');
  const coordinates = 4 * points * shape.dimension;
  // By point (see shaders/point-layout.wgsl), the dimension is a multiple of four.
  const stored = exchanges(variant) ? 16 * points * Math.ceil(shape.dimension / 4) : coordinates;
  return {
    embeddings: coordinates,
    labels: 4 * points,
    quads: stored,
    inverseLengths: 4 * points,
    partials: (shape.refines ? 2 : 1) * parts.statistics * quads * sizeOf(structs, 'Statistics'),
    anchors: quads * sizeOf(structs, 'Anchor'),
    rowTerms: quads * sizeOf(termsShader, 'RowTerms'),
    totals: 16,
    gradients: shape.gradient ? parts.gradient * stored : 16,
    pullSums: shape.gradient ? parts.gradient * quads * sizeOf(pullShader, 'PullSum') : 16,
    outputs: shape.gradient ? coordinates : 16,
  };
}

export function createPairMemory(
  device: GPUDevice,
  loss: AnyPairLoss,
  shape: PairShape,
  variant: PairVariant,
): PairMemory {
  const layout = pairLayout(shape, loss.anchors);
  const storage = Object.entries(storageBytes(loss, shape, variant)).map(([name, size]) => [
    name,
    device.createBuffer({
      label: `${name} (${loss.kind})`,
      size,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    }),
  ]);
  const uniforms = Object.entries(uniformContents(loss, shape, layout, variant)).map(([name, contents]) => {
    const buffer = device.createBuffer({
      label: `${name} (${loss.kind})`,
      size: contents.byteLength,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    device.queue.writeBuffer(buffer, 0, contents);
    return [name, buffer];
  });
  return Object.fromEntries([...storage, ...uniforms]) as PairMemory;
}

/** Writes the uniforms that depend on the loss's parameters. */
export function writeParameters(
  device: GPUDevice,
  memory: PairMemory,
  loss: AnyPairLoss,
  shape: PairShape,
  variant: PairVariant,
  values: ParameterValues,
): void {
  const layout = pairLayout(shape, loss.anchors);
  const { points } = layout;
  const size = {
    dimension: shape.dimension,
    quads: points / 4,
    parts: pairParts(variant, shape).gradient,
  };
  const normalize = Number(values.normalize !== false);
  const write = (buffer: GPUBuffer, contents: ArrayBuffer) => device.queue.writeBuffer(buffer, 0, contents);
  write(memory.parameters, packUniform(loss.shader, 'Parameters', loss.constants(values)));
  write(memory.normalization, packUniform(normalizeShader, 'Normalization', { ...size, normalize }));
  write(memory.backward, packUniform(normalizeGradientShader, 'Backward', { ...size, normalize }));
}

/** The uniforms that never change; zeros where `writeParameters` is still to come. */
function uniformContents(
  loss: AnyPairLoss,
  shape: PairShape,
  { points, keyStart, sweeps }: PairLayout,
  variant: PairVariant,
): Record<Uniform, ArrayBuffer> {
  const { dimension, rows } = shape;
  const parts = pairParts(variant, shape);
  const transposition = (firstPart: number) =>
    packUniform(transposeShader, 'Transposition', {
      quads: points / 4,
      vectors: sizeOf([numericsShader, loss.shader].join('\n'), 'Statistics') / 16,
      firstPart,
    });
  return {
    parameters: new ArrayBuffer(16 * Math.ceil(fieldsOf(loss.shader, 'Parameters').length / 4)),
    normalization: new ArrayBuffer(16),
    backward: new ArrayBuffer(16),
    batch: packUniform(pairingShader, 'Batch', {
      dimension,
      quads: points / 4,
      statisticsParts: parts.statistics,
      gradientParts: parts.gradient,
      keyStart,
      keyCount: rows,
    }),
    sweep: strided(
      sweeps.map(({ rowStart, rowEnd, columnStart, columnEnd }) =>
        packUniform(pairingShader, 'Sweep', { rowStart, rowEnd, columnStart, columnEnd }),
      ),
    ),
    slice: strided(slices(sweeps)),
    firstParts: packUniform(finishShader, 'Parts', { count: parts.statistics }),
    allParts: packUniform(finishShader, 'Parts', { count: 2 * parts.statistics }),
    firstTransposition: transposition(0),
    secondTransposition: transposition(parts.statistics),
  };
}

/** One entry per row tile, so that a dispatch may begin at any of them. Rounds, and their workgroups, are fewer. */
function slices(sweeps: readonly Sweep[]): ArrayBuffer[] {
  const tiles = Math.max(...sweeps.map(({ rowStart, rowEnd }) => Math.ceil((rowEnd - rowStart) / TILE_ROWS)));
  return Array.from({ length: tiles }, (_, first) => packUniform(pairingShader, 'Slice', { first }));
}
