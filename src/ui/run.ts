import type { RunState } from '../simulation/settings.ts';
import type { Simulation } from '../simulation/simulation.ts';
import { openSimulation, sentence } from './open-simulation.ts';
import { hyperparametersOf, startOf } from './run-settings.ts';
import { startsNewRun } from './state.ts';
import type { EngineChoice, State } from './state.ts';
import type { Store } from './store.ts';

/** How often the state is copied, to go on from when a device is lost. */
const SNAPSHOT_INTERVAL_MS = 2000;
/** Larger states are not copied: they would hold up the run. */
const MOST_SNAPSHOT_BYTES = 8 * 1024 * 1024;

export interface RunEvents {
  /** A simulation is there; `fresh` when it begins at step 0. Resolves once it is shown instead of the one before. */
  onSimulation(simulation: Simulation, device: GPUDevice | undefined, fresh: boolean): Promise<void>;
  /** What happened to the engine and what runs instead; undefined when that is no longer so. */
  onNotice(notice: string | undefined): void;
  /** The run cannot go on at all. */
  onBroken(reason: string): void;
}

/** Keeps one simulation going: begins it, hands it from engine to engine, and saves it from a lost device. */
export class Run {
  readonly #store: Store;
  readonly #events: RunEvents;
  #simulation: Simulation | undefined;
  /** What is to be opened next; only the newest wish counts. */
  #wish: { state: RunState | undefined; engine: EngineChoice } | undefined;
  #opening: Promise<void> | undefined;
  /** Moves to another engine that are under way. */
  #moving = 0;
  #saved: RunState | undefined;
  #savedAt = 0;
  #saving = false;

  constructor(store: Store, events: RunEvents) {
    this.#store = store;
    this.#events = events;
    store.subscribe((state, previous) => this.#follow(state, previous));
  }

  get simulation(): Simulation | undefined {
    return this.#simulation;
  }

  /** Whether another engine is about to take over from a copy: steps that are taken meanwhile would be lost. */
  get moving(): boolean {
    return this.#moving > 0;
  }

  /** The same seed, the same start. */
  restart(): void {
    this.#open(undefined, this.#store.state.engine);
  }

  /** Called once a frame. */
  frame(now: number): void {
    if (now - this.#savedAt < SNAPSHOT_INTERVAL_MS || this.#saving || !this.#simulation) return;
    this.#savedAt = now;
    void this.#save(this.#simulation);
  }

  async #save(simulation: Simulation): Promise<RunState | undefined> {
    const { dataset, dimension } = simulation.start;
    if (12 * dataset.points * dimension > MOST_SNAPSHOT_BYTES) return undefined;
    this.#saving = true;
    try {
      const state = await simulation.snapshot();
      if (simulation === this.#simulation) this.#saved = state;
      return state;
    } catch {
      // The run that was to be copied has just ended; what was saved before still stands.
      return undefined;
    } finally {
      this.#saving = false;
    }
  }

  #follow(state: State, previous: State): void {
    if (startsNewRun(previous, state)) {
      this.restart();
    } else if (state.engine !== previous.engine) {
      this.#events.onNotice(undefined);
      void this.#moveTo(state.engine);
    } else {
      this.#simulation?.configure(hyperparametersOf(state));
    }
  }

  async #moveTo(engine: EngineChoice): Promise<void> {
    await this.#opening;
    const simulation = this.#simulation;
    this.#moving++;
    const state = await simulation?.snapshot().catch(() => this.#saved);
    const overtaken = simulation !== this.#simulation || this.#opening || this.#store.state.engine !== engine;
    if (!overtaken) this.#open(state, engine);
    await this.#opening;
    this.#moving--;
  }

  /** Opens what is wished for; while it opens, the old simulation stays and further wishes replace each other. */
  #open(state: RunState | undefined, engine: EngineChoice): void {
    this.#wish = { state, engine };
    this.#opening ??= this.#openWishes();
  }

  async #openWishes(): Promise<void> {
    while (this.#wish) {
      const { state, engine } = this.#wish;
      this.#wish = undefined;
      const settings = this.#store.state;
      try {
        const opened = await openSimulation(engine, startOf(settings), hyperparametersOf(settings), state);
        if (opened.notice) this.#events.onNotice(opened.notice);
        await this.#replace(opened.simulation, opened.device, state === undefined);
      } catch (error) {
        this.#events.onBroken(`This run could not begin: ${sentence(error)}`);
      }
    }
    this.#opening = undefined;
  }

  async #replace(simulation: Simulation, device: GPUDevice | undefined, fresh: boolean): Promise<void> {
    const old = this.#simulation;
    this.#simulation = simulation;
    if (fresh) this.#saved = undefined;
    simulation.onFailure = (reason) => this.#rescue(simulation, reason);
    if (device) {
      device.onuncapturederror = ({ error }) => {
        this.#events.onNotice(`The graphics device reports an error: ${sentence(error)}`);
      };
    }
    // What was changed while it opened.
    simulation.configure(hyperparametersOf(this.#store.state));
    await this.#events.onSimulation(simulation, device, fresh);
    old?.dispose();
  }

  /** The CPU takes over from the last saved state; a run that fails there too is over. */
  #rescue(failed: Simulation, reason: string): void {
    if (failed !== this.#simulation) return;
    if (failed.positions.on === 'cpu') {
      this.#events.onBroken(`${sentence(reason)} Reset begins again.`);
      return;
    }
    this.#open(this.#saved, 'cpu');
    const from = this.#saved ? `goes on from step ${this.#saved.step.toLocaleString('en')}` : 'begins again';
    this.#events.onNotice(`${sentence(reason)} The run ${from} on the CPU.`);
  }
}
