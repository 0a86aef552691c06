import { NumberController } from 'lil-gui';
import type { GUI } from 'lil-gui';
import { toPosition, toValue } from '../values/log-scale.ts';
import type { LogScale } from '../values/log-scale.ts';

interface LogSliderOptions {
  /** Asked for again at every display, because the end of a scale may move. */
  scale: () => LogScale;
  read: () => number;
  write: (value: number) => void;
  /** Whether a typed value is taken; it may lie beyond the slider's ends. */
  accepts: (value: number) => boolean;
}

/** Presses of an arrow key from one end of a scale of non-integers to the next power of ten; integers go by half octaves. */
const KEY_STEPS_PER_DECADE = 20;

/** lil-gui's number controller on a logarithmic scale: the slider moves log10 of the value, the entry shows the value itself. */
export class LogSlider extends NumberController {
  readonly #options: LogSliderOptions | undefined;
  readonly #entry = document.createElement('input');

  constructor(folder: GUI, options: LogSliderOptions) {
    const { scale, read, write } = options;
    const target = {
      get position() {
        return toPosition(read());
      },
      set position(position: number) {
        const value = toValue(position, scale());
        if (value !== read()) write(value);
      },
    };
    super(folder, target, 'position', toPosition(scale().minimum), toPosition(scale().maximum), undefined);
    this.#options = options;
    this.#initEntry();
    this.updateDisplay();
  }

  override updateDisplay(): this {
    // lil-gui displays once before this class has its own fields.
    if (!(#options in this) || !this.#options) return super.updateDisplay();
    const { minimum, maximum } = this.#options.scale();
    this.min(toPosition(minimum));
    this.max(toPosition(maximum));
    super.updateDisplay();
    if (document.activeElement !== this.#entry) this.#entry.value = this.#text();
    return this;
  }

  #text(): string {
    const value = this.#options!.read();
    return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
  }

  #initEntry(): void {
    const { read, write, accepts } = this.#options!;
    const entry = this.#entry;
    entry.type = 'text';
    entry.inputMode = 'decimal';
    entry.setAttribute('aria-labelledby', this.$name.id);
    this.$input.replaceWith(entry);

    const commit = () => {
      const value = entry.value.trim() === '' ? NaN : Number(entry.value.replaceAll(',', ''));
      if (accepts(value) && value !== read()) write(value);
      entry.value = this.#text();
    };
    entry.addEventListener('change', commit);
    entry.addEventListener('focus', () => entry.select());
    entry.addEventListener('keydown', (event) => {
      const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (event.key === 'Enter') entry.blur();
      if (direction === undefined) return;
      event.preventDefault();
      const step = this.#options!.scale().integer ? Math.log10(Math.SQRT2) : 1 / KEY_STEPS_PER_DECADE;
      this.setValue(toPosition(read()) + direction * step);
      entry.value = this.#text();
    });
  }
}
