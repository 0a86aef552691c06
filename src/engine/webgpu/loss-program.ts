import type { ParameterValues } from '../../losses/loss.ts';
import type { AnyLoss } from '../../losses/registry.ts';
import type { Batch, EvaluateOptions, Evaluation } from '../engine.ts';
import { refuseBeyondLimits } from './memory.ts';
import { PairProgram } from './pair-program.ts';
import type { PairShape } from './pair-shape.ts';
import { variantFor } from './pair-tuning.ts';
import type { Work } from './work.ts';

/** One loss on one shape of batch: its memory, and its work in order. Every skeleton has a program of its own. */
export interface LossProgram {
  readonly buffers: {
    /** Points x dimension, row-major; a paired batch as queries, keys, extra negatives, laid out by pairLayout. */
    readonly embeddings: GPUBuffer;
    /** One per point; a paired batch has those of pairLabels. */
    readonly labels: GPUBuffer;
    /** The gradient, laid out as `embeddings`. */
    readonly outputs: GPUBuffer;
    /** `Totals` of shaders/terms.wgsl: the sum of all terms, and how many they are. */
    readonly totals: GPUBuffer;
  };
  /** Everything from the embeddings to the totals; with gradient, to the outputs. */
  readonly works: readonly Work[];
  /** The loss's parameters, for all work submitted from now on. */
  setParameters(values: ParameterValues): void;
  /** Writes a batch of the program's shape into the buffers. */
  upload(batch: Batch): void;
  /** What the works left behind. */
  read(values: ParameterValues, options: EvaluateOptions): Promise<Evaluation>;
  dispose(): void;
}

/**
 * @throws InputError naming `argument` when the shape does not fit the device.
 * @throws Error when a shader does not compile.
 */
export async function createLossProgram(
  device: GPUDevice,
  loss: AnyLoss,
  shape: PairShape,
  argument: string,
): Promise<LossProgram> {
  switch (loss.skeleton) {
    case 'pairs': {
      const variant = await variantFor(device, loss, shape);
      refuseBeyondLimits(device, argument, PairProgram.largestBuffer(loss, shape, variant));
      return PairProgram.create(device, loss, shape, variant);
    }
    case 'matches': {
      const { createMatchProgram } = await import('./match-program.ts');
      return createMatchProgram(device, loss, shape, argument);
    }
    case 'distances': {
      const { createDistanceProgram } = await import('./distance-program.ts');
      return createDistanceProgram(device, loss, shape, argument);
    }
    case 'triplets': {
      const { createTripletProgram } = await import('./triplet-program.ts');
      return createTripletProgram(device, loss, shape, argument);
    }
    case 'features': {
      const { createFeatureProgram } = await import('./feature-program.ts');
      return createFeatureProgram(device, loss, shape, argument);
    }
  }
}

/** Whether a loss may stream its rows twice, see PairLoss.refines. */
export function refines(loss: AnyLoss): boolean {
  return loss.skeleton === 'pairs' && Boolean(loss.refines);
}
