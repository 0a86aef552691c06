import blockedGradientShader from '../../../shaders/blocked-gradient.wgsl?raw';
import blockedStatisticsShader from '../../../shaders/blocked-statistics.wgsl?raw';
import blockedTileShader from '../../../shaders/blocked-tile.wgsl?raw';
import clearShader from '../../../shaders/clear.wgsl?raw';
import finishShader from '../../../shaders/finish.wgsl?raw';
import firstPassShader from '../../../shaders/first-pass.wgsl?raw';
import normalizeGradientShader from '../../../shaders/normalize-gradient.wgsl?raw';
import normalizeShader from '../../../shaders/normalize.wgsl?raw';
import numericsShader from '../../../shaders/numerics.wgsl?raw';
import pairingShader from '../../../shaders/pairing.wgsl?raw';
import pointLayoutShader from '../../../shaders/point-layout.wgsl?raw';
import pullShader from '../../../shaders/pull.wgsl?raw';
import secondPassShader from '../../../shaders/second-pass.wgsl?raw';
import subgroupGradientShader from '../../../shaders/subgroup-gradient.wgsl?raw';
import subgroupGradientNarrowShader from '../../../shaders/subgroup-gradient-narrow.wgsl?raw';
import subgroupMeetingShader from '../../../shaders/subgroup-meeting.wgsl?raw';
import subgroupProductShader from '../../../shaders/subgroup-product.wgsl?raw';
import subgroupSideShader from '../../../shaders/subgroup-side.wgsl?raw';
import subgroupStatisticsShader from '../../../shaders/subgroup-statistics.wgsl?raw';
import subgroupTileShader from '../../../shaders/subgroup-tile.wgsl?raw';
import subgroupTransposeShader from '../../../shaders/subgroup-transpose.wgsl?raw';
import termsShader from '../../../shaders/terms.wgsl?raw';
import totalsShader from '../../../shaders/totals.wgsl?raw';
import unrolledGradientShader from '../../../shaders/unrolled-gradient.wgsl?raw';
import unrolledProductShader from '../../../shaders/unrolled-product.wgsl?raw';
import workgroupGradientNarrowShader from '../../../shaders/workgroup-gradient-narrow.wgsl?raw';
import workgroupGradientShader from '../../../shaders/workgroup-gradient.wgsl?raw';
import workgroupPullShader from '../../../shaders/workgroup-pull.wgsl?raw';
import workgroupStatisticsShader from '../../../shaders/workgroup-statistics.wgsl?raw';
import workgroupTakeShader from '../../../shaders/workgroup-take.wgsl?raw';
import workgroupTileShader from '../../../shaders/workgroup-tile.wgsl?raw';
import type { AnyPairLoss } from '../../losses/registry.ts';
import { kernel } from './kernel.ts';
import type { Kernel } from './kernel.ts';
import { NARROW, pairLayout } from './pair-shape.ts';
import type { PairShape } from './pair-shape.ts';
import { exchanges, unrollsGradient } from './pair-variant.ts';
import type { PairVariant } from './pair-variant.ts';
import { unrollDimension } from './unroll.ts';

/** The kernels of the pair skeleton for one loss. */
export interface PairKernels {
  normalize: Kernel;
  statistics: Kernel;
  /** Only for losses and batches that stream the rows a second time. */
  refine: Kernel | undefined;
  finish: Kernel;
  totals: Kernel;
  /** One per sweep that collects gradients, and only where they are wanted. */
  gradients: Kernel[];
  normalizeGradient: Kernel | undefined;
  /** What variants do beside that exchange between lanes. */
  subgroup: { transpose: Kernel; clear: Kernel } | undefined;
}

/** What a variant's kernels are made of, besides a loss and what all share. */
function skeletonOf(variant: PairVariant, dimension: number) {
  const isNarrow = dimension <= NARROW;
  if (variant === 'workgroup') {
    return {
      statisticsShaders: [workgroupTileShader, workgroupTakeShader, workgroupStatisticsShader],
      gradientShaders: isNarrow
        ? [workgroupPullShader, workgroupGradientNarrowShader]
        : [workgroupTileShader, workgroupPullShader, workgroupGradientShader],
    };
  }
  if (variant === 'blocked') {
    return {
      statisticsShaders: [blockedTileShader, workgroupTakeShader, blockedStatisticsShader],
      gradientShaders: [blockedTileShader, workgroupPullShader, blockedGradientShader],
    };
  }
  const shared = [subgroupTileShader, subgroupSideShader];
  // Narrow points are one chunk, for which there is nothing to be written out.
  const productShader =
    isNarrow || variant === 'unrolled'
      ? unrollDimension(dimension, unrolledProductShader)
      : subgroupProductShader;
  return {
    statisticsShaders: [...shared, productShader, subgroupStatisticsShader],
    gradientShaders: [...shared, subgroupMeetingShader, exchangingGradient(variant, dimension)],
  };
}

/** The gradient of a variant that exchanges between lanes, with the product that it needs. */
function exchangingGradient(variant: PairVariant, dimension: number): string {
  if (dimension <= NARROW) return subgroupGradientNarrowShader;
  if (unrollsGradient(variant, dimension)) {
    return unrollDimension(dimension, unrolledProductShader, unrolledGradientShader);
  }
  return [subgroupProductShader, subgroupGradientShader].join('\n');
}

/** @throws Error when a shader does not compile. */
export async function compilePairKernels(
  device: GPUDevice,
  loss: AnyPairLoss,
  shape: PairShape,
  variant: PairVariant,
): Promise<PairKernels> {
  const { exclusive, sweeps } = pairLayout(shape, loss.anchors);
  const exchanging = exchanges(variant);
  const tiled = (label: string, entryPoint: string, parts: string[], constants?: Record<string, number>) =>
    kernel(device, {
      label: `${label} (${loss.kind}, ${variant})`,
      source: [
        exchanging ? 'enable subgroups;' : '',
        numericsShader,
        pairingShader,
        termsShader,
        loss.shader,
        ...parts,
      ].join('\n'),
      entryPoint,
      dynamic: ['sweep', 'slice', 'part'],
      constants: { EXCLUSIVE: Number(exclusive), ...constants },
    });
  /** A kernel that knows both layouts of the points. */
  const layered = (label: string, entryPoint: string, ...parts: string[]) =>
    kernel(device, {
      label,
      source: [pointLayoutShader, ...parts].join('\n'),
      entryPoint,
      constants: { BY_POINT: Number(exchanging) },
    });
  const { statisticsShaders, gradientShaders } = skeletonOf(variant, shape.dimension);
  // Where lanes exchange, one sweep collects for both ends of a pair.
  const collecting = shape.gradient ? sweeps.slice(0, exchanging ? 1 : undefined) : [];
  const [normalize, statistics, refine, finish, totals, normalizeGradient, subgroup, gradients] =
    await Promise.all([
      layered('normalize', 'normalizePoints', normalizeShader),
      tiled('statistics', 'statistics', [firstPassShader, ...statisticsShaders]),
      shape.refines ? tiled('refine', 'statistics', [secondPassShader, ...statisticsShaders]) : undefined,
      kernel(device, {
        label: `finish (${loss.kind})`,
        source: [numericsShader, pairingShader, termsShader, loss.shader, finishShader].join('\n'),
        entryPoint: 'finishAnchors',
        dynamic: ['sweep'],
      }),
      kernel(device, {
        label: 'totals',
        source: [termsShader, totalsShader].join('\n'),
        entryPoint: 'addTotals',
      }),
      shape.gradient
        ? layered('normalize gradient', 'normalizeGradient', termsShader, normalizeGradientShader)
        : undefined,
      exchanging ? compileSubgroupKernels(device) : undefined,
      Promise.all(
        collecting.map(({ rowsAreAnchors, columnsAreAnchors }) =>
          tiled('gradient', 'gradient', [pullShader, ...gradientShaders], {
            ROWS_ARE_ANCHORS: Number(rowsAreAnchors),
            COLUMNS_ARE_ANCHORS: Number(columnsAreAnchors),
            SUM_PULLS: Number(shape.parameterGradients),
          }),
        ),
      ),
    ]);
  return {
    normalize,
    statistics,
    refine,
    finish,
    totals,
    gradients,
    normalizeGradient,
    subgroup,
  };
}

async function compileSubgroupKernels(device: GPUDevice): Promise<PairKernels['subgroup']> {
  const [transpose, clear] = await Promise.all([
    kernel(device, {
      label: 'transpose parts',
      source: subgroupTransposeShader,
      entryPoint: 'transposeParts',
    }),
    kernel(device, { label: 'clear', source: clearShader, entryPoint: 'clearSums' }),
  ]);
  return { transpose, clear };
}
