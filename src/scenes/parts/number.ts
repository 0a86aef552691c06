import { formatMeasure } from '../../values/format.ts';
import { html } from './html.ts';

/** A number in running text: what is read is rounded, what it is stands in its value. */
export class NumberText {
  readonly element = html('data');
  readonly #format: (value: number) => string;

  /** @param name of what it is a number of, for style sheets and for those who look for it. */
  constructor(name: string, format: (value: number) => string = formatMeasure) {
    this.element.dataset.name = name;
    this.#format = format;
  }

  show(value: number): void {
    this.element.value = String(value);
    this.element.textContent = this.#format(value);
  }
}
