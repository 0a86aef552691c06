import { isArticle, parseArticleView } from './article-link.ts';
import { formatHash, parseHash } from './hash.ts';
import { presets, presetState } from './presets.ts';
import type { State } from './state.ts';
import type { Store } from './store.ts';

/** Long enough for a drag to write its link a few times a second only: browsers throttle more. */
const WRITE_DELAY_MS = 200;

/** The state that the address stands for. The article's link says nothing of a run: that is the first one. */
export function linkedState(): { state: State; problems: string[] } {
  if (!isArticle(location.hash)) return parseHash(location.hash);
  const { view } = parseArticleView(location.hash);
  return { state: { ...presetState(presets[0]), ...view }, problems: [] };
}

/**
 * Keeps the address bar and the state the same. A change of preset is a step that the back button undoes; everything
 * else rewrites the present entry. While the article is open the address is the article's. `onProblems` is told what a link said wrongly.
 */
export function keepLink(store: Store, onProblems: (sentences: string[]) => void): void {
  let pending: ReturnType<typeof setTimeout> | undefined;

  const write = (method: 'pushState' | 'replaceState', state: State) => {
    clearTimeout(pending);
    pending = undefined;
    history[method](null, '', linkOf(state));
  };

  store.subscribe((state, previous) => {
    if (isArticle(location.hash)) return;
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
    if (isArticle(location.hash)) return;
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
