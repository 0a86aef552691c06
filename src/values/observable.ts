/** A state in one place. Listeners are told of every change, in the order in which they subscribed. */
export class Observable<State extends object> {
  #state: State;
  #listeners: ((state: State, previous: State) => void)[] = [];

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

  /** @param until aborting it ends the subscription. */
  subscribe(listener: (state: State, previous: State) => void, until?: AbortSignal): void {
    this.#listeners.push(listener);
    until?.addEventListener('abort', () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    });
  }
}
