import { createEngine } from '../engine/create-engine.ts';
import type { Engine } from '../engine/engine.ts';
import { InputError } from '../engine/input-error.ts';
import { sentence } from './open-simulation.ts';
import type { EngineChoice } from './state.ts';

/** The engine that the article computes with: the one that was chosen, or the CPU where that is not to be had or fails. */
export class Computing {
  readonly #notice: (sentence: string) => void;
  #engine: Promise<Engine>;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(choice: EngineChoice, notice: (sentence: string) => void) {
    this.#notice = notice;
    this.#engine = createEngine({ backend: choice }).catch((error: unknown) => this.#onCpu(error));
  }

  /** The engine's own words for itself. */
  async describe(): Promise<string> {
    const { backend, description } = await this.#engine;
    return `${backend}: ${description}`;
  }

  /** @throws InputError as the engine does; whatever else fails is done again on the CPU. */
  run<Result>(work: (engine: Engine) => Promise<Result>): Promise<Result> {
    const result = this.#attempt(work);
    this.#underWay.add(result);
    const done = () => this.#underWay.delete(result);
    result.then(done, done);
    return result;
  }

  /** Lets the engine go once what is under way has its result. Nothing may be run any more. */
  async dispose(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    (await this.#engine).dispose();
  }

  async #attempt<Result>(work: (engine: Engine) => Promise<Result>): Promise<Result> {
    const used = this.#engine;
    const engine = await used;
    try {
      return await work(engine);
    } catch (error) {
      if (error instanceof InputError || engine.backend !== 'webgpu') throw error;
      // Several may fail together: the first one replaces the engine.
      if (used === this.#engine) {
        this.#engine = this.#onCpu(error);
        engine.dispose();
      }
      return work(await this.#engine);
    }
  }

  #onCpu(error: unknown): Promise<Engine> {
    this.#notice(`${sentence(error)} The CPU computes the scenes instead.`);
    return createEngine({ backend: 'cpu' });
  }
}
