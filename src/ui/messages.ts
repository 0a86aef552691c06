/** Sentences to the person, in a live region: what happened, and what runs now instead. They never block anything. */
export class Messages {
  readonly #region: HTMLElement;
  readonly #shown = new Map<string, HTMLElement>();

  constructor(region: HTMLElement) {
    this.#region = region;
  }

  /** Shows a sentence about `topic`, in place of what was said about it before. */
  show(topic: string, sentence: string): void {
    const present = this.#shown.get(topic);
    if (present) {
      const text = present.querySelector('p')!;
      if (text.textContent !== sentence) text.textContent = sentence;
      return;
    }
    const message = document.createElement('div');
    message.className = 'message';
    const text = document.createElement('p');
    text.textContent = sentence;
    const dismiss = document.createElement('button');
    dismiss.type = 'button';
    dismiss.textContent = '×';
    dismiss.setAttribute('aria-label', 'Dismiss this message');
    dismiss.addEventListener('click', () => message.remove());
    message.append(text, dismiss);
    this.#shown.set(topic, message);
    this.#region.append(message);
  }

  clear(topic: string): void {
    this.#shown.get(topic)?.remove();
    this.#shown.delete(topic);
  }
}
