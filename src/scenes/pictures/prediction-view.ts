import { wrapped } from '../circle.ts';
import type { Degrees } from '../circle.ts';
import { addButton, html } from '../parts/html.ts';
import { countBlobs } from './model.ts';
import { PICTURES } from './ties.ts';

/** What has moved by no more than this in so many steps has stopped: encoders that see fresh views tremble a little. */
const STILL: Degrees = 1.5;
const QUIET = 40;

/** Asks how many blobs there will be, waits until they are formed, and tells who was right. */
export class Prediction {
  readonly element = html('div', 'prediction');
  readonly #question = html('p');
  readonly #buttons = html('div', 'choice');
  #guess: number | undefined;
  /** The number that the last verdict is about. */
  #told: number | undefined;
  #quiet = 0;
  /** Where the pictures were when they last moved. */
  #places: readonly Degrees[] = [];

  /** @param predicted is called once the reader has said a number: now everything may move. */
  constructor(predicted: () => void) {
    this.#buttons.setAttribute('role', 'group');
    this.#buttons.setAttribute('aria-label', 'Blobs');
    for (let count = 1; count <= PICTURES; count++) {
      addButton(this.#buttons, String(count), () => {
        this.#guess = count;
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

  ask(throughEncoder: boolean): void {
    this.#guess = undefined;
    this.#told = undefined;
    this.element.hidden = false;
    this.#buttons.hidden = false;
    const start = throughEncoder ? ', and the encoder begins anew, with random weights' : '';
    this.#question.textContent = `Nothing pushes now${start}. How many blobs will be left?`;
  }

  dismiss(): void {
    this.#guess = undefined;
    this.#told = undefined;
    this.#buttons.hidden = true;
    this.element.hidden = true;
  }

  /** Told where the pictures are after every step; `pieces` of the positive graph explain the blobs. */
  watch(angles: readonly Degrees[], pieces: number, throughEncoder: boolean, isHeld: boolean): void {
    const blobs = countBlobs(angles);
    // A hand has changed since what the verdict speaks of.
    if (this.#told !== undefined && this.#told !== blobs) this.dismiss();
    if (this.#guess === undefined) return;
    const isStill = angles.every(
      (angle, picture) => Math.abs(wrapped(angle - this.#places[picture])) <= STILL,
    );
    if (!isStill || isHeld) {
      this.#places = angles;
      this.#quiet = 0;
      return;
    }
    this.#quiet++;
    if (this.#quiet < QUIET) return;
    const verdict = this.#guess === blobs ? 'You saw it coming' : `You said ${this.#guess}`;
    this.#question.textContent = `${counted(blobs, 'blob')}. ${verdict}: ${reasonFor(blobs, pieces, throughEncoder)}`;
    this.#guess = undefined;
    this.#told = blobs;
  }
}

function reasonFor(blobs: number, pieces: number, throughEncoder: boolean): string {
  if (pieces === PICTURES) return 'nothing is tied, so nothing pulls either.';
  if (throughEncoder && blobs < pieces)
    return 'the ties are in several pieces, but all pictures share one encoder, and it gives up telling them apart.';
  if (throughEncoder && blobs > 1)
    return 'only pictures that are tied teach the encoder, and these few have not changed what it says of the others.';
  if (blobs === pieces)
    return `the ties make ${counted(pieces, 'piece')}, and each piece falls into one point.`;
  if (blobs < pieces)
    return `the ties make ${counted(pieces, 'piece')}, each falls into one point, and some of these lie so close that they count as one.`;
  return `the ties make ${counted(pieces, 'piece')}, but nothing pulls between exact opposites: a piece can lie around the circle and hold itself open.`;
}

function counted(number: number, name: string): string {
  return `${number} ${name}${number === 1 ? '' : 's'}`;
}
