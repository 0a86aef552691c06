import { formatRate } from '../values/format.ts';

/** How often the line is rewritten; also over how long frames are counted. */
const INTERVAL_MS = 500;
/** Steps are counted until there are this many, or for so long: few steps a second are a rate too. */
const ENOUGH_STEPS = 8;
const LONGEST_COUNT_MS = 10_000;

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
  #writtenAt: number | undefined;
  #frames = 0;
  /** The oldest first, one for each time the line was written. */
  #counts: Count[] = [];

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
  frame(now: number, steps: number, playing: boolean): void {
    this.#step.textContent = `step ${steps.toLocaleString('en')}`;
    if (this.#writtenAt === undefined) {
      this.#writtenAt = now;
      this.#counts = [{ time: now, steps }];
    }
    this.#frames++;
    const elapsed = now - this.#writtenAt;
    if (elapsed < INTERVAL_MS) return;
    this.#stepRate.textContent = playing
      ? `${formatRate(this.#stepsPerSecond(now, steps))} steps/s`
      : 'paused';
    this.#frameRate.textContent = `${formatRate((1000 * this.#frames) / elapsed)} frames/s`;
    if (!playing) this.#counts = [];
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
