import normalizeShader from '../../../shaders/normalize.wgsl?raw';
import pointLayoutShader from '../../../shaders/point-layout.wgsl?raw';
import similarityShader from '../../../shaders/similarity.wgsl?raw';
import subgroupProductShader from '../../../shaders/subgroup-product.wgsl?raw';
import subgroupSimilarityShader from '../../../shaders/subgroup-similarity.wgsl?raw';
import subgroupTileShader from '../../../shaders/subgroup-tile.wgsl?raw';
import unrolledProductShader from '../../../shaders/unrolled-product.wgsl?raw';
import type { Batch, Metric } from '../engine.ts';
import { vectorsOf } from '../engine.ts';
import type { BatchLayout } from '../validate.ts';
import { kernel } from './kernel.ts';
import { Readback } from './memory.ts';
import { isWorthUnrolling, prefersSubgroups, whyNot } from './pair-variant.ts';
import { submit } from './submit.ts';
import { unrollDimension } from './unroll.ts';
import { packUniform } from './wgsl.ts';
import { wholeWork, WorkCursor } from './work.ts';
import type { Work } from './work.ts';

/** Rows, and columns, that one workgroup of shaders/similarity.wgsl computes at least. */
export const MATRIX_TILE = 16;
/** And of shaders/subgroup-similarity.wgsl: its TILE_POINTS columns, and ROWS, more where columns are kept for them. */
const SUBGROUP_COLUMNS = 32;
const SUBGROUP_ROWS = 32;
const UNROLLED_ROWS = 256;

type Shape = Pick<BatchLayout, 'kind' | 'dimension' | 'rows' | 'columns'>;

/** What computes a stored matrix, and where. */
export interface SimilarityProgram {
  readonly buffers: {
    /** Points x dimension: rows, then the columns of two towers. */
    readonly embeddings: GPUBuffer;
    /** Rows x columns. */
    readonly matrix: GPUBuffer;
  };
  /** Normalization, then the product. */
  readonly works: readonly Work[];
  dispose(): void;
}

/** Bytes of the largest buffer that a matrix takes, its own or that of the points, before any of them is made. */
export function largestMatrixBuffer({ kind, dimension, rows, columns }: BatchLayout): number {
  const points = kind === 'labelled' ? rows : rows + columns;
  const pointBytes = 64 * Math.ceil(points / 4) * Math.ceil(dimension / 4);
  return Math.max(4 * rows * columns, pointBytes);
}

/** The stored matrix of similarities or distances, rows x columns; see shaders/similarity.wgsl. */
export async function similarityMatrix(
  device: GPUDevice,
  batch: Batch,
  layout: BatchLayout,
  metric: Metric,
): Promise<Float32Array> {
  const { buffers, works, dispose } = await createSimilarityProgram(device, layout, metric);
  try {
    let offset = 0;
    for (const part of vectorsOf(batch)) {
      device.queue.writeBuffer(buffers.embeddings, offset, part.buffer, part.byteOffset, part.byteLength);
      offset += part.byteLength;
    }
    const encoder = device.createCommandEncoder({ label: 'similarity' });
    new WorkCursor(works, 'similarity').encode(encoder, Infinity);
    await submit(device, encoder);
    const readback = new Readback(device);
    const { offset: start, size } = readback.add(buffers.matrix);
    return new Float32Array(await readback.read(), start, size / 4);
  } finally {
    dispose();
  }
}

/** @throws Error when a shader does not compile. */
export async function createSimilarityProgram(
  device: GPUDevice,
  { kind, dimension, rows, columns }: Shape,
  metric: Metric,
): Promise<SimilarityProgram> {
  // A difference is no product: distances take the long way.
  const isSubgroup = metric !== 'euclidean' && prefersSubgroups(device);
  const isUnrolled =
    isSubgroup &&
    whyNot('unrolled', device, { dimension }) === undefined &&
    isWorthUnrolling(rows, columns, dimension);
  const tile = isSubgroup
    ? { columns: SUBGROUP_COLUMNS, rows: isUnrolled ? UNROLLED_ROWS : SUBGROUP_ROWS }
    : { columns: MATRIX_TILE, rows: MATRIX_TILE };
  const [normalize, similarity] = await Promise.all([
    kernel(device, {
      label: 'normalize',
      source: [pointLayoutShader, normalizeShader].join('\n'),
      entryPoint: 'normalizePoints',
      constants: { BY_POINT: Number(isSubgroup) },
    }),
    isSubgroup
      ? kernel(device, {
          label: `similarity (${isUnrolled ? 'unrolled' : 'subgroup'})`,
          source: [
            'enable subgroups;',
            `const ROWS = ${tile.rows}u;`,
            subgroupTileShader,
            isUnrolled ? unrollDimension(dimension, unrolledProductShader) : subgroupProductShader,
            subgroupSimilarityShader,
          ].join('\n'),
          entryPoint: 'similarity',
        })
      : kernel(device, {
          label: `similarity (${metric})`,
          source: similarityShader,
          entryPoint: 'similarity',
          constants: { DISTANCE: Number(metric === 'euclidean') },
        }),
  ]);
  const points = kind === 'labelled' ? rows : rows + columns;
  const quads = Math.ceil(points / 4);
  const buffer = (label: string, size: number, usage = GPUBufferUsage.STORAGE) =>
    device.createBuffer({ label, size, usage: usage | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
  const uniform = (label: string, bytes: ArrayBuffer) => {
    const result = buffer(label, bytes.byteLength, GPUBufferUsage.UNIFORM);
    device.queue.writeBuffer(result, 0, bytes);
    return result;
  };
  const buffers = {
    normalization: uniform(
      'normalization',
      packUniform(normalizeShader, 'Normalization', {
        dimension,
        quads,
        normalize: Number(metric === 'cosine'),
      }),
    ),
    shape: uniform(
      'similarity shape',
      packUniform(isSubgroup ? subgroupSimilarityShader : similarityShader, 'Matrix', {
        dimension,
        rows,
        columns,
        columnStart: points - columns,
      }),
    ),
    embeddings: buffer('embeddings', 16 * quads * dimension),
    quads: buffer('quads', 16 * quads * (isSubgroup ? 4 * Math.ceil(dimension / 4) : dimension)),
    inverseLengths: buffer('inverse lengths', 16 * quads),
    matrix: buffer('similarity matrix', 4 * rows * columns),
  };
  const resources = { ...buffers, points: buffers.quads };
  const group = similarity.bind(resources);
  const product: Work = {
    label: similarity.label,
    tiles: 1,
    tileCost: rows * columns * dimension,
    multiplyAdds: rows * columns * dimension,
    bytes: similarity.bytes(resources),
    dispatch: (pass) => {
      pass.setPipeline(similarity.pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(Math.ceil(columns / tile.columns), Math.ceil(rows / tile.rows));
    },
  };
  return {
    buffers,
    works: [wholeWork(normalize, buffers, quads, 64, points * dimension), product],
    dispose: () => Object.values(buffers).forEach((each) => each.destroy()),
  };
}
