import { addButton, html } from '../scenes/parts/html.ts';
import type { Scene } from '../scenes/scene.ts';
import { scenes } from '../scenes/scenes.ts';
import { defaultsOf } from '../scenes/settings.ts';
import type { SettingFields, SettingsOf } from '../scenes/settings.ts';
import { Observable } from '../values/observable.ts';
import './article.css';
import { formatArticleHash, isArticle, parseArticleHash } from './article-link.ts';
import { Computing } from './computing.ts';
import { formatHash, parseHash } from './hash.ts';
import { Messages } from './messages.ts';
import { sentence } from './open-simulation.ts';
import { viewFields } from './state.ts';
import type { EngineChoice } from './state.ts';
import type { Store } from './store.ts';

/** Browsers refuse more than 100 changes of the address in 30 seconds, and a scene may move all the time. */
const WRITE_DELAY_MS = 400;
/** A hand that rests this long is listened to: its values are said. */
const REST_MS = 600;
/** Scenes this far from the window are built before they are seen. */
const NEAR = '400px';

interface Chapter {
  scene: Scene;
  settings: Observable<SettingsOf<SettingFields>>;
  section: HTMLElement;
  /** Builds the scene, once. */
  build(): void;
}

/** The scenes, one below the other. What the reader sets is in the address. */
export class Article {
  readonly #container: HTMLElement;
  readonly #messages: Messages;
  readonly #store: Store;
  #computing: Computing;
  readonly #chapters: Chapter[];
  readonly #described = html('span');
  #present = '';
  #writing: ReturnType<typeof setTimeout> | undefined;

  constructor(container: HTMLElement, store: Store) {
    this.#container = container;
    this.#store = store;
    const messages = html('div', 'messages');
    messages.setAttribute('role', 'status');
    this.#messages = new Messages(messages);
    this.#computing = this.#startEngine();
    container.append(
      html(
        'div',
        'opening',
        html('h2', '', 'What contrastive learning does, by hand'),
        html(
          'p',
          '',
          'Nothing here is a film. Whatever you drag, the same kernels that run the playground compute the loss and its gradient, and the picture shows what they found.',
        ),
      ),
      messages,
    );
    this.#chapters = scenes.map((scene) => this.#addChapter(scene));
    this.#addEngineChoice();
    this.#follow();
    store.subscribe((state, previous) => {
      if (state.engine === previous.engine) return;
      void this.#computing.dispose();
      this.#computing = this.#startEngine();
      // Measured again, by the other engine.
      for (const { settings } of this.#chapters) settings.set({});
    });
    addEventListener('hashchange', () => {
      if (isArticle(location.hash) && location.hash !== `#${this.hash}`) this.#follow();
    });
  }

  /** Its link, without '#'. */
  get hash(): string {
    const chapters = this.#chapters.map(({ scene, settings }) => ({ scene, settings: settings.state }));
    return formatArticleHash(this.#present, chapters, this.#store.state);
  }

  /** Sets everything as the address says, and scrolls to the scene that it names. */
  #follow(): void {
    clearTimeout(this.#writing);
    this.#writing = undefined;
    const { present, settings, problems } = parseArticleHash(location.hash, scenes);
    if (problems.length > 0) this.#messages.show('link', problems.join(' '));
    else this.#messages.clear('link');
    this.#chapters.forEach((chapter, index) => chapter.settings.set(settings[index]));
    clearTimeout(this.#writing);
    this.#writing = undefined;
    this.#present = present;
    const index = this.#chapters.findIndex(({ scene }) => scene.key === present);
    // What is above must be as tall as it will be, or the scene would be pushed out of sight.
    for (const chapter of this.#chapters.slice(0, index + 1)) chapter.build();
    this.#chapters[index]?.section.scrollIntoView();
  }

  #addChapter(scene: Scene): Chapter {
    const settings = new Observable(defaultsOf(scene.fields));
    const section = html('section', 'scene');
    section.id = `scene-${scene.key}`;
    const heading = html('h2', '', scene.heading);
    heading.id = `${section.id}-heading`;
    section.setAttribute('aria-labelledby', heading.id);
    const picture = html('div', 'picture');
    const controls = html('div', 'controls');
    const readings = html('div', 'readings');
    const said = html('p', 'said-only');
    said.setAttribute('aria-live', 'polite');
    section.append(
      html('div', 'words', heading, html('p', '', scene.text)),
      picture,
      html('div', 'beside', controls, readings, this.#endOf(scene, settings)),
      said,
    );
    this.#container.append(section);

    settings.subscribe(() => this.#write(scene));
    const say = settled((text: string) => (said.textContent = text));
    let built = false;
    const build = () => {
      if (built) return;
      built = true;
      scene.show({
        picture,
        controls,
        readings,
        settings,
        compute: (work) => this.#computing.run(work),
        failed: (error) =>
          this.#messages.show(scene.key, `“${scene.heading}” stands still: ${sentence(error)}`),
        say,
      });
    };
    whenNear(section, build);
    return { scene, settings, section, build };
  }

  /** What stands under every scene: back to its beginning, and on into the cloud. */
  #endOf(scene: Scene, settings: Observable<SettingsOf<SettingFields>>): HTMLElement {
    const end = html('p', 'end');
    addButton(end, 'Reset', () => settings.set(defaultsOf(scene.fields)));
    const link = html('a', 'cloud', 'See it with 4,096 points');
    const { state } = parseHash(new URLSearchParams(scene.cloud).toString());
    const follow = () => {
      const { engine, theme } = this.#store.state;
      link.href = `#${formatHash({ ...state, engine, theme })}`;
    };
    this.#store.subscribe(follow);
    follow();
    end.append(link);
    return end;
  }

  #startEngine(): Computing {
    const computing = new Computing(this.#store.state.engine, (notice) =>
      this.#messages.show('engine', notice),
    );
    void computing.describe().then((description) => {
      if (computing === this.#computing) this.#described.textContent = description;
    });
    return computing;
  }

  #addEngineChoice(): void {
    const { choices, label, description } = viewFields.engine;
    const select = html('select');
    for (const [choice, name] of Object.entries(choices)) select.add(new Option(name, choice));
    select.value = this.#store.state.engine;
    select.addEventListener('change', () => this.#store.set({ engine: select.value as EngineChoice }));
    this.#store.subscribe(({ engine }) => (select.value = engine));
    const choice = html('label', '', `${label} `, select);
    choice.title = description;
    this.#container.append(html('p', 'computed', choice, this.#described));
  }

  #write(scene: Scene): void {
    this.#present = scene.key;
    this.#writing ??= setTimeout(() => {
      this.#writing = undefined;
      if (isArticle(location.hash)) history.replaceState(null, '', `#${this.hash}`);
    }, WRITE_DELAY_MS);
  }
}

function whenNear(element: HTMLElement, act: () => void): void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      act();
    },
    { rootMargin: NEAR },
  );
  observer.observe(element);
}

/** Passes on the last of many inputs once no more have come for a while. */
function settled<Input>(act: (input: Input) => void): (input: Input) => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  return (input) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => act(input), REST_MS);
  };
}
