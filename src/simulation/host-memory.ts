import { planDistances } from '../engine/cpu/distances/plan.ts';
import { BYTES_PER_ENTRY, planTriplets } from '../engine/cpu/triplets/plan.ts';
import { planPairs } from '../engine/cpu/pairs/plan.ts';
import { Threads } from '../engine/cpu/threads/threads.ts';
import { weightCount } from '../engine/encoder.ts';
import { sizeOf } from '../engine/webgpu/wgsl.ts';
import { mostEntries, pairCount } from '../data/dataset.ts';
import numericsShader from '../../shaders/numerics.wgsl?raw';
import type { AnyLoss } from '../losses/registry.ts';
import { resolve } from './resolve.ts';
import { encoderShapeOf } from './settings.ts';
import type { Hyperparameters, Start } from './settings.ts';

const VECTOR = 16;

/**
 * Bytes of the arrays that a run will take on the CPU: points, moments, batch, gradient and pictures, and the memory of
 * the kernels, where the loss has any, as they plan it.
 * @throws InputError when the settings are bad.
 */
export function memoryNeededOnHost(start: Start, hyperparameters: Hyperparameters): number {
  const { dataset, dimension } = start;
  const { loss, values } = resolve(hyperparameters);
  const pairs = Math.min(hyperparameters.batchPairs, pairCount(dataset));
  const shape = encoderShapeOf(start);
  const coordinates = dataset.points * dimension;
  const learned = shape ? weightCount(shape) : coordinates;
  const batch = 2 * pairs * dimension;
  // Points, two moments, their gradient; the batch and its gradient; two pictures.
  const run = 4 * (coordinates + 3 * learned + 2 * batch + 8 * dataset.points);
  if (pairs === 0) return run;
  const rows = loss.batch === 'paired' ? pairs : 2 * pairs;
  if (loss.skeleton === 'triplets') {
    return run + planTriplets(rows, dimension, true).bytes + BYTES_PER_ENTRY * mostEntries(dataset, rows);
  }
  const refines = dataset.kind === 'classes';
  return run + kernelBytes(loss, { dimension, rows }, { refines, normalize: Boolean(values.normalize) });
}

/** What the kernels of pairs and distances hold for a batch; 0 for other losses. */
function kernelBytes(
  loss: AnyLoss,
  { dimension, rows }: { dimension: number; rows: number },
  { refines, normalize }: { refines: boolean; normalize: boolean },
): number {
  const options = { gradient: true, normalize, threads: Threads.create()?.count ?? 1 };
  if (loss.skeleton === 'pairs') {
    const structs = [numericsShader, loss.shader].join('\n');
    return planPairs(
      loss,
      { kind: loss.batch, dimension, rows, columns: rows, extraNegatives: 0 },
      { statistics: sizeOf(structs, 'Statistics') / VECTOR, anchor: sizeOf(structs, 'Anchor') / VECTOR },
      { ...options, refines: refines && (loss.refines ?? false) },
    ).bytes;
  }
  if (loss.skeleton !== 'distances' || (loss.batch === 'paired' && !loss.meetsOwnTower)) return 0;
  const sets = loss.batch === 'paired' ? 2 : 1;
  return sets * planDistances({ dimension, rows }, { ...options, sets }).bytes;
}
