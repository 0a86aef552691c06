import { createEngine } from '../../engine/create-engine.ts';
import { observe } from '../../simulation/geometry/cloud.ts';
import type { Cloud } from '../../simulation/geometry/cloud.ts';
import type { Statistics } from '../../simulation/settings.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import type { Answers, Question } from '../../truths/observer/messages.ts';
import { Observer } from '../../truths/observer/observer.ts';
import { hyperparametersOf } from '../run-settings.ts';
import type { Store } from '../store.ts';

/** Which engine observes, and the observer. */
interface Observing {
  engine: GPUDevice | 'cpu' | 'reference';
  observer: Promise<Observer>;
}

/** Looks at the present run with the run's own kind of engine. */
export class Observatory {
  readonly #store: Store;
  readonly #simulation: () => Simulation | undefined;
  #present: Observing | undefined;

  constructor(store: Store, simulation: () => Simulation | undefined) {
    this.#store = store;
    this.#simulation = simulation;
  }

  get statistics(): Statistics | undefined {
    return this.#simulation()?.statistics;
  }

  /** Changes whenever there is something new to be seen. */
  get moment(): string {
    const simulation = this.#simulation();
    const { state } = this.#store;
    return `${JSON.stringify(hyperparametersOf(state))} ${simulation?.description} ${simulation?.stepsTaken}`;
  }

  /**
   * The present run, cut down to some points; undefined while there is none.
   * @throws Error when the run ends while it is copied.
   */
  async look(most?: number): Promise<Cloud | undefined> {
    const simulation = this.#simulation();
    if (!simulation) return undefined;
    const state = await simulation.snapshot();
    return observe(simulation.start, hyperparametersOf(this.#store.state), state, most);
  }

  /** @throws Error when it cannot be answered. */
  async ask<About extends keyof Answers>(
    question: Extract<Question, { about: About }>,
    cloud: Cloud,
  ): Promise<Answers[About]> {
    const present = this.#observing();
    const observer = await present.observer;
    try {
      return await observer.ask(question, cloud);
    } finally {
      if (observer.hasEnded && present === this.#present) {
        observer.dispose();
        // Whoever asks next asks another.
        this.#present = undefined;
      }
    }
  }

  #observing(): Observing {
    const positions = this.#simulation()?.positions;
    const onHost = this.#store.state.engine === 'reference' ? 'reference' : 'cpu';
    const engine = positions?.on === 'gpu' ? positions.device : onHost;
    if (this.#present?.engine !== engine) {
      void this.#present?.observer.then((observer) => observer.dispose());
      this.#present = { engine, observer: begin(engine) };
    }
    return this.#present;
  }
}

async function begin(engine: GPUDevice | 'cpu' | 'reference'): Promise<Observer> {
  if (typeof engine === 'string') return new Observer({ backend: engine });
  return new Observer(await createEngine({ backend: 'webgpu', device: engine }));
}
