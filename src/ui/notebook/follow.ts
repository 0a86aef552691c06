import type { Simulation } from '../../simulation/simulation.ts';
import type { PresentRun } from '../notebook.ts';
import { html } from '../../scenes/parts/html.ts';
import { sentence } from '../open-simulation.ts';

/** Between two looks: at least this long, and so many times as long as the last one took, which leaves the run its time. */
const LEAST_PAUSE_MS = 800;
const PAUSE_SHARE = 4;

/** How often a page asks whether there is news. */
const GLANCE_MS = 200;

/**
 * Looks again and again while there is news, at a pace that leaves the run its time, until `closing` is aborted. A look
 * that fails says so in `problem`, and the next one tries again.
 */
export async function follow(
  closing: AbortSignal,
  moment: () => string,
  look: () => Promise<void>,
  problem: HTMLElement,
): Promise<void> {
  let seen: string | undefined;
  while (!closing.aborted) {
    const present = moment();
    if (present === seen || document.hidden) {
      await pause(GLANCE_MS);
      continue;
    }
    const begun = performance.now();
    try {
      await look();
      seen = present;
      problem.textContent = '';
    } catch (error) {
      if (!closing.aborted) problem.textContent = sentence(error);
    }
    await pause(Math.max(LEAST_PAUSE_MS, PAUSE_SHARE * (performance.now() - begun)));
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/**
 * The run, as soon as there is one.
 * @throws the reason of `closing` once that is aborted.
 */
export async function presentSimulation(run: PresentRun, closing: AbortSignal): Promise<Simulation> {
  while (!run.simulation) {
    await pause(GLANCE_MS);
    closing.throwIfAborted();
  }
  return run.simulation;
}

/** Where a page says what did not work. */
export function problemLine(): HTMLElement {
  const line = html('p', 'problem');
  line.setAttribute('role', 'status');
  return line;
}
