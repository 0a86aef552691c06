import type { Engine } from '../engine/engine.ts';
import { HostSimulation } from '../simulation/host-simulation.ts';
import type { Hyperparameters, Start } from '../simulation/settings.ts';

/** A training of its own with all pairs in a batch, unless told otherwise: where its points end up. */
export async function train(
  engine: Engine,
  start: Start,
  settings: Pick<Hyperparameters, 'loss' | 'learningRate'> & Partial<Hyperparameters>,
  steps: number,
): Promise<Float32Array> {
  const hyperparameters = {
    batchPairs: Infinity,
    geometry: 'sphere',
    optimizer: 'adam',
    ...settings,
  } as const;
  const simulation = new HostSimulation(engine, start, hyperparameters);
  for (let step = 0; step < steps; step++) await simulation.step();
  return simulation.snapshot().embeddings;
}
