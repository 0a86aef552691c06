import { createLossProgram } from '../../src/engine/webgpu/loss-program.ts';
import type { LossProgram } from '../../src/engine/webgpu/loss-program.ts';
import type { PairShape } from '../../src/engine/webgpu/pair-shape.ts';
import type { LossSpec } from '../../src/index.ts';
import { resolveLoss } from '../../src/losses/registry.ts';
import { labelled, paired } from '../conformance/batches.ts';

/** Loss and all gradients of one batch, ready on a device, in browsers and under Node. */
export async function createStep(
  device: GPUDevice,
  kind: 'nt-xent' | 'info-nce',
  count: number,
  dimension: number,
): Promise<LossProgram> {
  const { loss, values } = resolveLoss({ kind } as LossSpec, (argument, expected) => {
    throw new Error(`${argument}: ${expected}`);
  });
  const shape: PairShape = {
    kind: loss.batch,
    dimension,
    rows: count,
    extraNegatives: 0,
    refines: false,
    gradient: true,
    entries: 0,
    parameterGradients: true,
  };
  const program = await createLossProgram(device, loss, shape, 'batch');
  program.setParameters(values);
  program.upload(
    loss.batch === 'paired'
      ? paired(count, dimension, 'random')
      : labelled('pairs', count / 2, dimension, 'random'),
  );
  return program;
}
