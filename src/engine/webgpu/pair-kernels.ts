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
import type { AnyPairLoss } from '../../losses/registry.ts';
import { kernel } from './kernel.ts';
import type { Kernel } from './kernel.ts';
import { pairLayout } from './pair-shape.ts';
import type { PairShape } from './pair-shape.ts';

/** Up to this dimension, points fit into registers and gradient-narrow.wgsl serves. */
const NARROW = 4;

/** The kernels of the pair skeleton for one loss. */
export interface PairKernels {
  normalize: Kernel;
  statistics: Kernel;
  finish: Kernel;
  totals: Kernel;
  /** Only for losses and batches that stream the rows a second time. */
  refine: Kernel | undefined;
  /** One per sweep, and only where gradients are wanted. */
  gradients: Kernel[];
  normalizeGradient: Kernel | undefined;
}

/** @throws Error when a shader does not compile. */
export async function compilePairKernels(
  device: GPUDevice,
  loss: AnyPairLoss,
  shape: PairShape,
): Promise<PairKernels> {
  const gradientSource = shape.dimension <= NARROW ? gradientNarrowShader : gradientShader;
  const { exclusive, sweeps } = pairLayout(shape, loss.anchors);
  const EXCLUSIVE = Number(exclusive);
  const skeleton = (
    label: string,
    entryPoint: string,
    parts: string[],
    constants: Record<string, number> = { EXCLUSIVE },
  ) =>
    kernel(device, {
      label: `${label} (${loss.kind})`,
      source: [numericsShader, pairingShader, termsShader, loss.shader, ...parts].join('\n'),
      entryPoint,
      dynamic: ['sweep', 'slice'],
      constants,
    });
  const plain = (label: string, entryPoint: string, ...parts: string[]) =>
    kernel(device, { label, source: parts.join('\n'), entryPoint });
  const [normalize, statistics, finish, totals, refine, normalizeGradient, gradients] = await Promise.all([
    plain('normalize', 'normalizePoints', normalizeShader),
    skeleton('statistics', 'statistics', [pairTileShader, statisticsShader]),
    skeleton('finish', 'finishAnchors', [finishShader], {}),
    plain('totals', 'addTotals', termsShader, totalsShader),
    shape.refines ? skeleton('refine', 'refinement', [pairTileShader, refineShader]) : undefined,
    shape.gradient
      ? plain('normalize gradient', 'normalizeGradient', termsShader, normalizeGradientShader)
      : undefined,
    Promise.all(
      (shape.gradient ? sweeps : []).map(({ rowsAreAnchors, columnsAreAnchors }) =>
        skeleton('gradient', 'gradient', [pairTileShader, pullShader, gradientSource], {
          EXCLUSIVE,
          ROWS_ARE_ANCHORS: Number(rowsAreAnchors),
          COLUMNS_ARE_ANCHORS: Number(columnsAreAnchors),
          SUM_PULLS: Number(shape.parameterGradients),
        }),
      ),
    ),
  ]);
  return { normalize, statistics, finish, totals, refine, gradients, normalizeGradient };
}
