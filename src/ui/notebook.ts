import { addButton, html } from '../scenes/parts/html.ts';
import type { Simulation } from '../simulation/simulation.ts';
import type { Observatory } from './notebook/observatory.ts';
import { sentence } from './open-simulation.ts';
import { viewFields } from './state.ts';
import type { NotebookChoice, State } from './state.ts';
import type { Store } from './store.ts';

export type NotebookName = Exclude<NotebookChoice, 'closed'>;

/** The run beside the notebook, see Run. */
export interface PresentRun {
  readonly simulation: Simulation | undefined;
  hold(): () => void;
}

/** What a page of the notebook knows. It lives until `closing` is aborted. */
export interface PageContext {
  store: Store;
  observatory: Observatory;
  run: PresentRun;
  closing: AbortSignal;
}

/** Fills the notebook with a page. */
export type ShowPage = (page: HTMLElement, context: PageContext) => void;

const HINTS: Record<NotebookName, string> = {
  loss: 'What the present loss is: formula, parameters, source, what to watch for',
  truths: 'What must hold for this run, computed now',
  geometry: 'What the cloud looks like, in numbers',
  stuck: 'What the loss means that your own training is stuck at',
  floats: 'Where single and half precision give in',
  profiler: 'What every kernel takes, beside what the device could do',
  stress: 'How time and memory grow with points and dimension',
};

/** The loaders of the pages; none is fetched before it is opened. */
const load: Record<NotebookName, () => Promise<ShowPage>> = {
  loss: async () => (await import('./notebook/loss-page.ts')).showLossPage,
  truths: async () => (await import('./notebook/truths-page.ts')).showTruthsPage,
  geometry: async () => (await import('./notebook/geometry-page.ts')).showGeometryPage,
  stuck: async () => (await import('./notebook/stuck-page.ts')).showStuckPage,
  floats: async () => (await import('./notebook/floats-page.ts')).showFloatsPage,
  profiler: async () => (await import('./notebook/profiler-page.ts')).showProfilerPage,
  stress: async () => (await import('./notebook/stress-page.ts')).showStressPage,
};

/** Pages beside the cloud, of which at most one is open: it takes room from the picture, and gives it back. */
export function showNotebook(container: HTMLElement, store: Store, run: PresentRun): void {
  const notebook = new Notebook(container, store, run);
  const open = ({ notebook: choice }: State) => void notebook.show(choice);
  store.subscribe((state, previous) => {
    if (state.notebook !== previous.notebook) open(state);
  });
  open(store.state);
}

class Notebook {
  readonly #store: Store;
  readonly #run: PresentRun;
  readonly #page = html('div', 'page');
  readonly #buttons: { name: NotebookName; button: HTMLButtonElement }[];
  readonly #close: HTMLButtonElement;
  #closing = new AbortController();
  #observatory: Promise<Observatory> | undefined;

  constructor(container: HTMLElement, store: Store, run: PresentRun) {
    this.#store = store;
    this.#run = run;
    this.#page.id = 'notebook-page';
    const names = Object.keys(HINTS) as NotebookName[];
    const tabs = html('div', 'tabs');
    tabs.setAttribute('role', 'group');
    tabs.setAttribute('aria-label', 'Pages of the notebook');
    this.#buttons = names.map((name) => {
      const toggle = () => store.set({ notebook: store.state.notebook === name ? 'closed' : name });
      const button = addButton(tabs, viewFields.notebook.choices[name], toggle);
      button.title = HINTS[name];
      button.setAttribute('aria-controls', this.#page.id);
      return { name, button };
    });
    this.#close = addButton(tabs, '×', () => this.#fold());
    this.#close.className = 'close';
    this.#close.setAttribute('aria-label', 'Close the notebook');
    container.append(tabs, this.#page);
    container.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape' && store.state.notebook !== 'closed') this.#fold();
    });
  }

  /** The focus stays where the notebook was opened from. */
  #fold(): void {
    const { notebook } = this.#store.state;
    this.#store.set({ notebook: 'closed' });
    this.#buttons.find(({ name }) => name === notebook)?.button.focus();
  }

  async show(choice: NotebookChoice): Promise<void> {
    this.#closing.abort();
    this.#closing = new AbortController();
    const { signal } = this.#closing;
    document.body.dataset.notebook = choice;
    for (const { name, button } of this.#buttons)
      button.setAttribute('aria-expanded', String(name === choice));
    this.#close.hidden = choice === 'closed';
    this.#page.hidden = choice === 'closed';
    this.#page.replaceChildren();
    if (choice === 'closed') return;
    try {
      const [show, observatory] = await Promise.all([load[choice](), this.#observe()]);
      if (signal.aborted) return;
      this.#page.scrollTop = 0;
      show(this.#page, { store: this.#store, observatory, run: this.#run, closing: signal });
    } catch (error) {
      if (signal.aborted) return;
      this.#page.replaceChildren(html('p', 'problem', `This page did not load: ${sentence(error)}`));
    }
  }

  #observe(): Promise<Observatory> {
    this.#observatory ??= import('./notebook/observatory.ts').then(
      ({ Observatory }) => new Observatory(this.#store, () => this.#run.simulation),
      (error: unknown) => {
        // The next page tries again.
        this.#observatory = undefined;
        throw error;
      },
    );
    return this.#observatory;
  }
}
