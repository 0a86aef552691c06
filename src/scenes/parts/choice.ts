import { addButton, html } from './html.ts';

/** A few choices as buttons, of which one is on. */
export class Choice<Key extends string> {
  readonly element = html('div', 'choice');
  readonly #buttons: { key: Key; button: HTMLButtonElement }[];

  constructor(
    container: HTMLElement,
    label: string,
    choices: Readonly<Record<Key, string>>,
    choose: (key: Key) => void,
  ) {
    this.element.setAttribute('role', 'group');
    this.element.setAttribute('aria-label', label);
    this.element.append(html('span', '', label));
    this.#buttons = (Object.keys(choices) as Key[]).map((key) => {
      const button = addButton(this.element, choices[key], () => choose(key));
      button.dataset.choice = key;
      return { key, button };
    });
    container.append(this.element);
  }

  show(present: Key | undefined): void {
    for (const { key, button } of this.#buttons) button.setAttribute('aria-pressed', String(key === present));
  }
}
