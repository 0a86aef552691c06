import { addButton, html } from '../parts/html.ts';
import { PICTURES } from './ties.ts';

/** Steps without a change after which the blobs are taken to be final, and steps after which they are anyway. */
const QUIET = 90;
const LONGEST = 900;

/** Asks how many blobs there will be, waits until they are formed, and tells who was right. */
export class Prediction {
  readonly element = html('div', 'prediction');
  readonly #question = html('p');
  readonly #buttons = html('div', 'choice');
  #guess: number | undefined;
  #steps = 0;
  #quiet = 0;
  #blobs = 0;

  /** @param predicted is called once the reader has said a number: now everything may move. */
  constructor(predicted: () => void) {
    this.#buttons.setAttribute('role', 'group');
    this.#buttons.setAttribute('aria-label', 'Blobs');
    for (let count = 1; count <= PICTURES; count++) {
      addButton(this.#buttons, String(count), () => {
        this.#guess = count;
        this.#steps = 0;
        this.#quiet = 0;
        this.#buttons.hidden = true;
        this.#question.textContent = `You say ${count}. Look …`;
        predicted();
      });
    }
    this.element.setAttribute('aria-live', 'polite');
    this.element.append(this.#question, this.#buttons);
    this.element.hidden = true;
  }

  /** Whether the reader is to say a number first. */
  get isAsking(): boolean {
    return !this.element.hidden && !this.#buttons.hidden;
  }

  ask(): void {
    this.#guess = undefined;
    this.element.hidden = false;
    this.#buttons.hidden = false;
    this.#question.textContent = 'Nothing pushes now. How many blobs will be left?';
  }

  dismiss(): void {
    this.#guess = undefined;
    this.element.hidden = true;
  }

  /** Told of the blobs after every step; `pieces` of the positive graph explain them. */
  watch(blobs: number, pieces: number, throughEncoder: boolean): void {
    if (this.#guess === undefined) return;
    this.#steps++;
    this.#quiet = blobs === this.#blobs ? this.#quiet + 1 : 0;
    this.#blobs = blobs;
    if (this.#quiet < QUIET && this.#steps < LONGEST) return;
    const verdict = this.#guess === blobs ? 'You saw it coming' : `You said ${this.#guess}`;
    this.#question.textContent = `${counted(blobs, 'blob')}. ${verdict}: ${reasonFor(blobs, pieces, throughEncoder)}`;
    this.#guess = undefined;
  }
}

function reasonFor(blobs: number, pieces: number, throughEncoder: boolean): string {
  if (throughEncoder && blobs < pieces)
    return 'the ties are in several pieces, but all pictures share one encoder, and it gives up telling them apart.';
  if (blobs === pieces)
    return `the ties make ${counted(pieces, 'piece')}, and each piece falls into one point.`;
  return `the ties make ${counted(pieces, 'piece')}, but a ring of ties can lie around the circle and hold itself open.`;
}

function counted(number: number, name: string): string {
  return `${number} ${name}${number === 1 ? '' : 's'}`;
}
