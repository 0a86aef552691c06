import { toPosition, toValue } from '../../values/log-scale.ts';
import { withMinus } from '../../values/format.ts';
import type { NumberField } from '../../values/fields.ts';
import { html } from './html.ts';

/** Presses of an arrow key from one power of ten to the next. */
const KEY_STEPS_PER_DECADE = 20;
const KEY_STEPS = 100;

/** A number between two ends, with its name and its value. Logarithmic where its field is. */
export class Slider {
  readonly #field: NumberField;
  readonly #input = html('input');
  readonly #value = html('output');

  constructor(container: HTMLElement, name: string, field: NumberField, set: (value: number) => void) {
    this.#field = field;
    const { minimum, maximum, integer, scale } = field;
    const logarithmic = scale === 'logarithmic';
    const input = this.#input;
    input.type = 'range';
    input.name = name;
    input.min = String(logarithmic ? toPosition(minimum) : minimum);
    input.max = String(logarithmic ? toPosition(maximum) : maximum);
    // Positions between the steps of the keys come from a hand: 'any' would leave the keys to the browser.
    input.step = String(
      logarithmic ? 1 / KEY_STEPS_PER_DECADE : integer ? 1 : (maximum - minimum) / KEY_STEPS,
    );
    input.addEventListener('input', () => {
      set(logarithmic ? toValue(Number(input.value), { minimum, maximum, integer }) : Number(input.value));
    });
    this.#value.setAttribute('aria-live', 'off');
    const label = html('label', 'slider', html('span', '', field.label), this.#value, input);
    label.title = field.description;
    container.append(label);
  }

  show(value: number): void {
    const text = withMinus(String(Number(value.toPrecision(3))));
    this.#input.value = String(this.#field.scale === 'logarithmic' ? toPosition(value) : value);
    this.#input.setAttribute('aria-valuetext', text);
    this.#value.textContent = text;
  }
}
