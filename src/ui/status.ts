/** Over how long rates are measured; also how often the line is rewritten. */
const WINDOW_MS = 500;

/** The line of numbers about the run. It is no live region: it changes all the time. */
export class Status {
  readonly #description: HTMLElement;
  readonly #step: HTMLElement;
  readonly #stepRate: HTMLElement;
  readonly #frameRate: HTMLElement;
  #windowStart = 0;
  #frames = 0;
  #stepsAtStart = 0;

  constructor(container: HTMLElement) {
    const part = (name: string) => {
      const element = document.createElement('span');
      element.className = name;
      container.append(element);
      return element;
    };
    this.#step = part('step');
    this.#stepRate = part('step-rate');
    this.#frameRate = part('frame-rate');
    this.#description = part('engine');
  }

  describe(engine: string): void {
    this.#description.textContent = engine;
    this.#description.title = engine;
  }

  /** Called once a frame. */
  frame(now: number, stepsTaken: number): void {
    this.#frames++;
    const elapsed = now - this.#windowStart;
    if (elapsed < WINDOW_MS) return;
    const perSecond = (count: number) => Math.max(0, (1000 * count) / elapsed);
    this.#step.textContent = `step ${stepsTaken.toLocaleString('en')}`;
    this.#stepRate.textContent = `${rate(perSecond(stepsTaken - this.#stepsAtStart))} steps/s`;
    this.#frameRate.textContent = `${rate(perSecond(this.#frames))} frames/s`;
    this.#windowStart = now;
    this.#frames = 0;
    this.#stepsAtStart = stepsTaken;
  }
}

function rate(perSecond: number): string {
  return perSecond >= 10 || perSecond === 0 ? perSecond.toFixed(0) : perSecond.toFixed(1);
}
