import { onDeviceLoss } from '../engine/webgpu/device-loss.ts';
import { createCanvasRenderer } from '../render/canvas-renderer.ts';
import type { CreateRenderer } from '../render/renderer.ts';
import type { RunState } from '../simulation/settings.ts';
import type { Simulation } from '../simulation/simulation.ts';
import { openSimulation, sentence } from './open-simulation.ts';
import type { Notice, OpenedSimulation } from './open-simulation.ts';
import { hyperparametersOf, startOf } from './run-settings.ts';
import { startsNewRun } from './state.ts';
import type { EngineChoice, State } from './state.ts';
import type { Store } from './store.ts';

/** How often the state is copied, to go on from when a device is lost. */
const SNAPSHOT_INTERVAL_MS = 2000;
/** Larger states are not copied: they would hold up the run. */
const MOST_SNAPSHOT_BYTES = 8 * 1024 * 1024;
/** How long a run that failed may take to tell where it stands. */
const LONGEST_RESCUE_MS = 1000;

export interface RunEvents {
  /** A simulation is to be shown instead of the one before, or drawn otherwise; `fresh` when it begins at step 0. */
  onSimulation(simulation: Simulation, createRenderer: CreateRenderer, fresh: boolean): void;
  /** What happened to the engine or to the picture and what serves instead; undefined when that is no longer so. */
  onNotice(about: 'engine' | 'picture', notice: Notice | undefined): void;
  /** The run cannot go on at all. */
  onBroken(reason: string): void;
}

/** Keeps one simulation going: begins it, hands it from engine to engine, and saves it from a lost device. */
export class Run {
  readonly #store: Store;
  readonly #events: RunEvents;
  #simulation: Simulation | undefined;
  /** What is to be opened next; only the newest wish counts. */
  #wish: { state: RunState | undefined; engine: EngineChoice; reason: string | undefined } | undefined;
  #opening: Promise<void> | undefined;
  /** Moves to another engine that are under way. */
  #moving = 0;
  readonly #holding = new Set<object>();
  #saved: RunState | undefined;
  #savedAt = 0;
  #saving = false;
  /** Ends the watch over a device that only draws. */
  #stopWatching: (() => void) | undefined;

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

  /** Whether somebody keeps the run where it is. */
  get held(): boolean {
    return this.#holding.size > 0;
  }

  /** Whether steps on the host would hold up the run that is about to follow. */
  get isFollowed(): boolean {
    return this.#opening !== undefined && this.#simulation?.positions.on === 'cpu';
  }

  /** Keeps the run where it is, so that what it computes with is free to be measured. Returns how to let go. */
  hold(): () => void {
    const held = {};
    this.#holding.add(held);
    return () => this.#holding.delete(held);
  }

  /** The same seed, the same start. */
  restart(): void {
    this.#open(undefined, this.#store.state.engine);
  }

  /** Called once a frame. */
  frame(now: number): void {
    if (now - this.#savedAt < SNAPSHOT_INTERVAL_MS || this.#saving || this.held || !this.#simulation) return;
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
    } else if (state.engine !== previous.engine || state.kernels !== previous.kernels) {
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

  /** Opens what is wished for, for a reason that the person is told, if any; while it opens, the old simulation stays and further wishes replace each other. */
  #open(state: RunState | undefined, engine: EngineChoice, reason?: string): void {
    this.#wish = { state, engine, reason };
    this.#opening ??= this.#openWishes();
  }

  async #openWishes(): Promise<void> {
    while (this.#wish) {
      const { state, engine, reason } = this.#wish;
      this.#wish = undefined;
      const settings = this.#store.state;
      try {
        const opened = await openSimulation(
          { engine, kernels: settings.kernels },
          startOf(settings),
          hyperparametersOf(settings),
          state,
        );
        const { engine: aboutEngine, picture } = opened.notices;
        this.#events.onNotice('engine', reason === undefined ? aboutEngine : failure(reason));
        this.#events.onNotice('picture', picture);
        this.#replace(opened, state === undefined);
      } catch (error) {
        this.#events.onBroken(`This run could not begin: ${sentence(error)}`);
      }
    }
    this.#opening = undefined;
  }

  #replace({ simulation, device, createRenderer }: OpenedSimulation, fresh: boolean): void {
    const old = this.#simulation;
    this.#simulation = simulation;
    if (fresh) this.#saved = undefined;
    simulation.onFailure = (reason) => void this.#rescue(simulation, reason);
    if (device) {
      device.onuncapturederror = ({ error }) => {
        this.#events.onNotice('engine', failure(`The graphics device reports an error: ${sentence(error)}`));
      };
    }
    // What was changed while it opened.
    simulation.configure(hyperparametersOf(this.#store.state));
    this.#events.onSimulation(simulation, createRenderer, fresh);
    this.#stopWatching?.();
    this.#stopWatching =
      device && simulation.positions.on === 'cpu'
        ? onDeviceLoss(device, (reason) => this.#drawOtherwise(simulation, reason))
        : undefined;
    old?.dispose();
  }

  /** The device that was lost only drew what the CPU computes. */
  #drawOtherwise(simulation: Simulation, reason: string): void {
    this.#events.onSimulation(simulation, createCanvasRenderer, false);
    this.#events.onNotice(
      'picture',
      failure(`${sentence(reason)} The run goes on, and its picture is drawn in Canvas 2D instead.`),
    );
  }

  /** The CPU takes over, from where the run stands if its device still tells; a run that fails there too is over. */
  async #rescue(failed: Simulation, reason: string): Promise<void> {
    if (failed.positions.on === 'cpu') {
      if (failed === this.#simulation) this.#events.onBroken(`${sentence(reason)} Reset begins again.`);
      return;
    }
    const state = await within(LONGEST_RESCUE_MS, failed.snapshot()).catch(() => this.#saved);
    // Whatever opens meanwhile finds an engine of its own.
    if (failed !== this.#simulation || this.#opening) return;
    const from = state ? `goes on from step ${state.step.toLocaleString('en')}` : 'begins again';
    this.#open(state, 'cpu', `${sentence(reason)} The run ${from} on the CPU.`);
  }
}

function failure(reason: string): Notice {
  return { sentence: reason, isPassing: false };
}

/** @throws Error when the result takes longer than so many milliseconds. */
function within<Result>(milliseconds: number, result: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('It takes too long.')), milliseconds);
    result.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
