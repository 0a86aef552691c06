export interface TransportActions {
  playPause(): void;
  step(): void;
  reset(): void;
  newSeed(): void;
  /** Resolves to what to say about it. */
  copyLink(): Promise<string>;
  /** Whether keys are meant for the run. */
  isOpen(): boolean;
}

/** How long a button says what it just did. */
const ACKNOWLEDGEMENT_MS = 1600;

/** The buttons under the picture, and their keys. */
export class Transport {
  readonly #playPause: HTMLButtonElement;

  constructor(container: HTMLElement, actions: TransportActions) {
    this.#playPause = addButton(container, 'Pause', 'space', actions.playPause);
    this.#playPause.classList.add('primary');
    addButton(container, 'Step', '.', actions.step);
    addButton(container, 'Reset', 'r', actions.reset).title = 'The same seed, the same start (r)';
    addButton(container, 'New seed', 'n', actions.newSeed);
    const copy = addButton(container, 'Copy link', undefined, () => {
      void actions.copyLink().then((said) => {
        copy.textContent = said;
        setTimeout(() => (copy.textContent = 'Copy link'), ACKNOWLEDGEMENT_MS);
      });
    });
    listenForKeys(actions);
  }

  showPlaying(playing: boolean): void {
    this.#playPause.textContent = playing ? 'Pause' : 'Play';
  }
}

function addButton(
  container: HTMLElement,
  text: string,
  key: string | undefined,
  action: () => void,
): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = text;
  if (key) button.title = `${text} (${key})`;
  button.addEventListener('click', action);
  container.append(button);
  return button;
}

/** Captures, because lil-gui keeps key presses inside its panel to itself. */
function listenForKeys({ playPause, step, reset, newSeed, isOpen }: TransportActions): void {
  const byKey: Record<string, () => void> = { ' ': playPause, '.': step, r: reset, n: newSeed };
  addEventListener(
    'keydown',
    (event) => {
      const action = byKey[event.key];
      const modified = event.ctrlKey || event.metaKey || event.altKey;
      if (!action || !isOpen() || modified || takesKey(event.target, event.key)) return;
      event.preventDefault();
      action();
    },
    { capture: true },
  );
}

/** Whether the focused element has a use of its own for the key: typing, or the space that presses a button. */
function takesKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.matches('input:not([type=checkbox]), textarea, select')) return true;
  return key === ' ' && target.matches('button, input, a, summary');
}
