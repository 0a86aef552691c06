import { formatHash, parseHash } from './hash.ts';
import type { State } from './state.ts';
import type { Store } from './store.ts';

/** Long enough for a drag to write its link a few times a second only: browsers throttle more. */
const WRITE_DELAY_MS = 200;

/**
 * Keeps the address bar and the state the same. A change of preset is a step that the back button undoes; everything
 * else rewrites the present entry. `onProblems` is told what a link said wrongly.
 */
export function keepLink(store: Store, onProblems: (sentences: string[]) => void): void {
  let pending: ReturnType<typeof setTimeout> | undefined;

  const write = (method: 'pushState' | 'replaceState', state: State) => {
    clearTimeout(pending);
    pending = undefined;
    history[method](null, '', linkOf(state));
  };

  store.subscribe((state, previous) => {
    if (state.preset === previous.preset) {
      pending ??= setTimeout(() => write('replaceState', store.state), WRITE_DELAY_MS);
    } else if (formatHash(state) !== currentHash()) {
      if (pending !== undefined) write('replaceState', previous);
      write('pushState', state);
    }
  });

  addEventListener('hashchange', () => {
    if (currentHash() === formatHash(store.state)) return;
    clearTimeout(pending);
    pending = undefined;
    const { state, problems } = parseHash(location.hash);
    onProblems(problems);
    store.set(state);
  });
}

/** The address that opens a state. */
export function linkOf(state: State): string {
  const hash = formatHash(state);
  return `${location.origin}${location.pathname}${location.search}${hash && `#${hash}`}`;
}

function currentHash(): string {
  return location.hash.replace(/^#/, '');
}
