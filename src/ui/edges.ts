import { cornersOf, neighbourEdges } from '../render/neighbours.ts';
import type { Simulation } from '../simulation/simulation.ts';
import { positionsOf } from './positions.ts';

/** Which corners are neighbours is looked up this often; the lines themselves follow the points in every frame. */
const INTERVAL_MS = 100;

/** The edges between neighbours in one run, kept up to date beside it. */
export class Edges {
  /** Point indices, two per edge. */
  links: number[] = [];
  readonly #simulation: Simulation;
  readonly #corners: number[];
  #lookedAt = -Infinity;
  #looking = false;

  constructor(simulation: Simulation, hues: Float32Array) {
    this.#simulation = simulation;
    this.#corners = cornersOf(hues);
  }

  /** Called once a frame. */
  frame(now: number): void {
    if (this.#looking || now - this.#lookedAt < INTERVAL_MS || this.#simulation.start.dimension > 3) return;
    this.#lookedAt = now;
    void this.#look();
  }

  async #look(): Promise<void> {
    this.#looking = true;
    try {
      this.links = neighbourEdges(await positionsOf(this.#simulation), this.#corners);
    } catch {
      // The run has just ended; its last edges do.
    } finally {
      this.#looking = false;
    }
  }
}
