import { formatBytes } from '../values/format.ts';
import type { PresentRun } from './notebook.ts';
import { sentence } from './open-simulation.ts';
import { hyperparametersOf, startOf } from './run-settings.ts';
import type { State } from './state.ts';

/** The memory that the present settings take, counted before it is taken, beside the settings that it comes from. */
export class MemoryLine {
  readonly element = document.createElement('p');
  readonly #run: PresentRun;
  /** What was asked for last: earlier answers come too late. */
  #asked: State | undefined;

  constructor(run: PresentRun) {
    this.#run = run;
    this.element.className = 'hint memory';
    this.element.setAttribute('aria-live', 'polite');
  }

  async show(state: State): Promise<void> {
    this.#asked = state;
    const positions = this.#run.simulation?.positions;
    if (!positions) return;
    const onGpu = positions.on === 'gpu';
    const text = await (onGpu ? neededOn(positions.device, state) : neededOnHost(state)).then(
      (bytes) => `takes ${formatBytes(bytes)} of ${onGpu ? 'GPU memory' : 'memory'}`,
      (error: unknown) => sentence(error),
    );
    if (this.#asked === state) this.element.textContent = text;
  }
}

async function neededOn(device: GPUDevice, state: State): Promise<number> {
  const { memoryNeeded } = await import('../simulation/gpu/memory-needed.ts');
  return memoryNeeded(device, startOf(state), hyperparametersOf(state));
}

async function neededOnHost(state: State): Promise<number> {
  const { memoryNeededOnHost } = await import('../simulation/host-memory.ts');
  return memoryNeededOnHost(startOf(state), hyperparametersOf(state));
}
