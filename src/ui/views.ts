import { isArticle } from './article-link.ts';

export type View = 'playground' | 'learn';

interface ViewsOptions {
  /** The links, without '#', that lead back to where each was left. */
  links: Record<View, () => string>;
  /** Told of the view at once, and whenever it changes. */
  onOpen(view: View): void;
}

const NAMES: Record<View, string> = { playground: 'Playground', learn: 'Learn' };

/** The switch between the cloud and the article. The address tells which of them is open. */
export class Views {
  readonly #options: ViewsOptions;
  readonly #anchors: Record<View, HTMLAnchorElement>;
  #present: View = 'playground';

  constructor(container: HTMLElement, options: ViewsOptions) {
    this.#options = options;
    this.#anchors = { playground: this.#addAnchor('playground'), learn: this.#addAnchor('learn') };
    container.append(this.#anchors.playground, this.#anchors.learn);
    addEventListener('hashchange', () => {
      if (viewOfAddress() !== this.#present) this.#open(viewOfAddress());
    });
    this.#open(viewOfAddress());
  }

  get present(): View {
    return this.#present;
  }

  #addAnchor(view: View): HTMLAnchorElement {
    const anchor = document.createElement('a');
    anchor.textContent = NAMES[view];
    const refresh = () => (anchor.href = `#${this.#options.links[view]()}`);
    for (const event of ['pointerdown', 'focus', 'click'] as const) anchor.addEventListener(event, refresh);
    refresh();
    return anchor;
  }

  #open(view: View): void {
    this.#present = view;
    document.body.dataset.view = view;
    for (const [name, anchor] of Object.entries(this.#anchors)) {
      if (name === view) anchor.setAttribute('aria-current', 'page');
      else anchor.removeAttribute('aria-current');
    }
    this.#options.onOpen(view);
  }
}

function viewOfAddress(): View {
  return isArticle(location.hash) ? 'learn' : 'playground';
}
