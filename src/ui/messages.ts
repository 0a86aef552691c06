/** How long a message that is only good to know stays; longer while it is pointed at or focused. */
const PASSING_MS = 8000;

/** Sentences to the person, in a live region: what happened, and what runs now instead. They never block anything. */
export class Messages {
  readonly #region: HTMLElement;
  readonly #shown = new Map<string, HTMLElement>();
  readonly #passing = new WeakSet<HTMLElement>();

  constructor(region: HTMLElement) {
    this.#region = region;
  }

  /** Shows a sentence about `topic`, in place of what was said about it before. */
  show(topic: string, sentence: string): void {
    const present = this.#shown.get(topic);
    if (present && !this.#passing.has(present)) {
      const text = present.querySelector('p')!;
      if (text.textContent !== sentence) text.textContent = sentence;
      return;
    }
    this.clear(topic);
    this.#add(topic, sentence);
  }

  /** Shows it for a while only: it is good to know, and nothing has to be done about it. What is to stay, stays. */
  showInPassing(topic: string, sentence: string): void {
    const present = this.#shown.get(topic);
    if (present?.isConnected && !this.#passing.has(present)) return;
    this.clear(topic);
    const message = this.#add(topic, sentence);
    this.#passing.add(message);
    let timer: ReturnType<typeof setTimeout>;
    const leaveLater = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (message.matches(':hover, :focus-within')) leaveLater();
        else if (this.#shown.get(topic) === message) this.clear(topic);
      }, PASSING_MS);
    };
    for (const event of ['pointerleave', 'focusout'] as const) message.addEventListener(event, leaveLater);
    leaveLater();
  }

  clear(topic: string): void {
    this.#shown.get(topic)?.remove();
    this.#shown.delete(topic);
  }

  #add(topic: string, sentence: string): HTMLElement {
    const message = document.createElement('div');
    message.className = 'message';
    const text = document.createElement('p');
    text.textContent = sentence;
    const dismiss = document.createElement('button');
    dismiss.type = 'button';
    dismiss.textContent = '×';
    dismiss.setAttribute('aria-label', 'Dismiss this message');
    // It stays noted as shown: what was dismissed is not said again until it is over.
    dismiss.addEventListener('click', () => message.remove());
    message.append(text, dismiss);
    this.#shown.set(topic, message);
    this.#region.append(message);
    return message;
  }
}
