import { formatRate } from '../values/format.ts';

/** How often the line is rewritten; also over how long frames are counted. */
const INTERVAL_MS = 500;
/** Steps are counted until there are this many, or for so long: few steps a second are a rate too. */
const ENOUGH_STEPS = 8;
const LONGEST_COUNT_MS = 10_000;
/** A first step that takes longer than this says how long it has been going. */
const LONG_FIRST_STEP_MS = 1000;

interface Count {
  time: number;
  steps: number;
}

/** The line of numbers about the run. It is no live region: it changes all the time. */
export class Status {
  readonly #description: HTMLElement;
  readonly #step: HTMLElement;
  readonly #stepRate: HTMLElement;
  readonly #frameRate: HTMLElement;
  /** Says again what was said about the engine. */
  readonly #why = document.createElement('button');
  /** Since when the first step has been going. */
  #begunAt: number | undefined;
  #writtenAt: number | undefined;
  #frames = 0;
  #stepsWritten: number | undefined;
  /** The oldest first, one for each time the line was written. */
  #counts: Count[] = [];

  /** @param explain is told to say again what was said about the engine. */
  constructor(container: HTMLElement, explain: (sentence: string) => void) {
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
    this.#why.type = 'button';
    this.#why.className = 'why';
    this.#why.textContent = 'i';
    this.#why.hidden = true;
    this.#why.setAttribute('aria-label', 'Why this engine?');
    this.#why.addEventListener('click', () => explain(this.#why.title));
    container.append(this.#why);
  }

  /** What is to be known about the engine, behind a small button. */
  note(sentence: string | undefined): void {
    this.#why.hidden = sentence === undefined;
    this.#why.title = sentence ?? '';
  }

  describe(engine: string): void {
    this.#description.textContent = engine;
    this.#description.title = engine;
    this.#begunAt = undefined;
  }

  /** Called once a frame. */
  frame(now: number, steps: number, playing: boolean): void {
    // The browser paints anew what is written anew, be it the same.
    if (steps !== this.#stepsWritten) this.#step.textContent = `step ${steps.toLocaleString('en')}`;
    this.#stepsWritten = steps;
    if (this.#writtenAt === undefined) {
      this.#writtenAt = now;
      this.#counts = [{ time: now, steps }];
    }
    if (steps > 0 || !playing) this.#begunAt = undefined;
    else this.#begunAt ??= now;
    this.#frames++;
    const elapsed = now - this.#writtenAt;
    if (elapsed < INTERVAL_MS) return;
    const stepsPerSecond = this.#stepsPerSecond(now, steps);
    const waited = this.#begunAt === undefined ? 0 : now - this.#begunAt;
    this.#stepRate.textContent =
      waited > LONG_FIRST_STEP_MS
        ? `first step: ${Math.floor(waited / 1000)} s so far`
        : playing
          ? `${formatRate(stepsPerSecond)} steps/s`
          : 'paused';
    this.#frameRate.textContent = `${formatRate((1000 * this.#frames) / elapsed)} frames/s`;
    if (!playing) this.#counts = [{ time: now, steps }];
    this.#writtenAt = now;
    this.#frames = 0;
  }

  #stepsPerSecond(now: number, steps: number): number {
    // A new run counts from its own start.
    if (steps < (this.#counts.at(-1)?.steps ?? 0)) this.#counts = [];
    const tooOld = ({ time, steps: before }: Count) =>
      steps - before >= ENOUGH_STEPS || now - time > LONGEST_COUNT_MS;
    while (this.#counts.length > 1 && tooOld(this.#counts[1])) this.#counts.shift();
    const [first] = this.#counts;
    this.#counts.push({ time: now, steps });
    return first ? (1000 * (steps - first.steps)) / (now - first.time) : 0;
  }
}
