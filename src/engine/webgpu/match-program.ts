import matchesShader from '../../../shaders/matches.wgsl?raw';
import termsShader from '../../../shaders/terms.wgsl?raw';
import totalsShader from '../../../shaders/totals.wgsl?raw';
import type { AnyMatchLoss } from '../../losses/registry.ts';
import { kernel } from './kernel.ts';
import type { LossProgram } from './loss-program.ts';
import { pairLayout } from './pair-shape.ts';
import type { PairShape } from './pair-shape.ts';
import { PointProgram } from './point-program.ts';
import { packUniform, sizeOf } from './wgsl.ts';
import { wholeWork } from './work.ts';

/**
 * The skeleton of matches on the GPU, shaders/matches.wgsl.
 * @throws InputError naming `argument` when the shape does not fit the device.
 * @throws Error when a shader does not compile.
 */
export function createMatchProgram(
  device: GPUDevice,
  loss: AnyMatchLoss,
  shape: PairShape,
  argument: string,
): Promise<LossProgram> {
  const { dimension, rows, gradient } = shape;
  const keyQuad = pairLayout(shape, loss.anchors).keyStart / 4;
  const buffers = {
    storage: { rowTerms: keyQuad * sizeOf(termsShader, 'RowTerms') },
    uniforms: { towers: packUniform(matchesShader, 'Towers', { dimension, rows, keyQuad }) },
  };
  return PointProgram.create(device, loss, shape, argument, buffers, async () => {
    const [matches, totals] = await Promise.all([
      kernel(device, {
        label: `matches (${loss.kind})`,
        source: [termsShader, loss.shader, matchesShader].join('\n'),
        entryPoint: 'meetMatches',
        constants: { GRADIENT: Number(gradient) },
      }),
      kernel(device, {
        label: 'totals',
        source: [termsShader, totalsShader].join('\n'),
        entryPoint: 'addTotals',
      }),
    ]);
    return (memory) => [
      wholeWork(matches, memory, keyQuad, 64, 16 * keyQuad * dimension, rows * dimension),
      wholeWork(totals, memory, 1, 1, rows),
    ];
  });
}
