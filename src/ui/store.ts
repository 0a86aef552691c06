import type { State } from './state.ts';

export type StateListener = (state: State, previous: State) => void;

/** The one place where the state lives. Listeners are told in the order in which they subscribed. */
export class Store {
  #state: State;
  readonly #listeners: StateListener[] = [];

  constructor(state: State) {
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  set(change: Partial<State>): void {
    const previous = this.#state;
    this.#state = { ...previous, ...change };
    for (const listener of this.#listeners) listener(this.#state, previous);
  }

  subscribe(listener: StateListener): void {
    this.#listeners.push(listener);
  }
}
