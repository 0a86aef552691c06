import { formatMeasure, formatShare } from '../../values/format.ts';
import { onCircle, wrapped } from '../circle.ts';
import type { Degrees } from '../circle.ts';
import { Beams } from '../parts/beams.ts';
import { circleStage } from '../parts/circle-stage.ts';
import { dot, moveSign } from '../parts/dot.ts';
import { addButton, html } from '../parts/html.ts';
import { NumberText } from '../parts/number.ts';
import type { Stage } from '../parts/stage.ts';
import { setAttributes, svg } from '../parts/svg.ts';
import type { Frame } from '../scene.ts';
import { CONFIDENCES, deal, KEYS, pickLoss, ROUNDS } from './game.ts';
import type { Round } from './game.ts';
import { measureLineUp } from './model.ts';
import type { fields } from './model.ts';

const LETTERS = 'ABCDEF';
const DOT = 0.1;
/** Dots closer than this around the circle cover each other's letters. */
const COVERED: Degrees = 12;
/** How far such letters are moved outward from their dots, in turn around the circle. */
const ASIDE = [0.19, -0.19, 0.36, -0.36];

/** Ten line-ups: the reader picks the positive, then the softmax shows what it would have said. */
export class LineUpGame {
  readonly #frame: Frame<typeof fields>;
  readonly #stage: Stage;
  readonly #beams: Beams;
  readonly #query = dot('anchor', DOT, 'q');
  readonly #keys: SVGGElement[];
  readonly #panel = html('div', 'game');
  readonly #title = html('h3');
  readonly #said = html('p', 'said');
  readonly #confidences: HTMLButtonElement[];
  readonly #next: HTMLButtonElement;
  readonly #ownLoss = new NumberText('own loss');
  readonly #softmaxLoss = new NumberText('softmax loss');
  readonly #score = html(
    'p',
    'score',
    'Mean log-loss: you ',
    this.#ownLoss.element,
    ', the softmax ',
    this.#softmaxLoss.element,
    '. Lower wins.',
  );
  #confidence = 1;
  #number = 0;
  #round: Round = deal(0, 0);
  #picked = false;
  #totals = { own: 0, softmax: 0 };

  constructor(frame: Frame<typeof fields>) {
    this.#frame = frame;
    this.#stage = circleStage(frame.picture, 'A line-up: which key belongs to the query?');
    this.#beams = new Beams(
      this.#stage.addLayer('beams'),
      Array.from({ length: KEYS }, () => 'key'),
    );
    const points = this.#stage.addLayer('points');
    points.append(this.#query);
    this.#keys = Array.from({ length: KEYS }, (_, key) => this.#addKey(points, key));

    const confidence = html('div', 'choice');
    confidence.setAttribute('role', 'group');
    confidence.setAttribute('aria-label', 'How sure are you?');
    this.#confidences = CONFIDENCES.map(({ name, probability }, index) =>
      addButton(confidence, `${name}: ${formatShare(probability)}`, () => this.#setConfidence(index)),
    );
    this.#panel.append(this.#title, confidence, this.#said, this.#score);
    const buttons = html('p', 'buttons');
    this.#next = addButton(buttons, 'Next', () => this.#advance());
    this.#next.classList.add('primary');
    addButton(buttons, 'Back to the picture', () => frame.settings.set({ playing: false }));
    this.#panel.append(buttons);
    frame.readings.append(this.#panel);
    this.#setConfidence(this.#confidence);
    frame.settings.subscribe(({ playing, seed }, previous) => {
      if (playing !== previous.playing) this.#show(playing);
      if (playing && (!previous.playing || seed !== previous.seed)) this.#begin();
    });
    const { playing } = frame.settings.state;
    this.#show(playing);
    if (playing) this.#begin();
  }

  #begin(): void {
    this.#number = 0;
    this.#totals = { own: 0, softmax: 0 };
    this.#deal();
  }

  #show(playing: boolean): void {
    this.#stage.element.toggleAttribute('hidden', !playing);
    this.#panel.hidden = !playing;
  }

  #addKey(layer: SVGGElement, key: number): SVGGElement {
    const element = dot('key', DOT, LETTERS[key]);
    element.append(svg('circle', { class: 'reach', r: DOT }));
    setAttributes(element, { tabindex: 0, role: 'button', 'aria-label': `Key ${LETTERS[key]}` });
    element.addEventListener('click', () => this.#pick(key));
    element.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      this.#pick(key);
    });
    layer.append(element);
    return element;
  }

  #setConfidence(index: number): void {
    this.#confidence = index;
    this.#confidences.forEach((button, other) =>
      button.setAttribute('aria-pressed', String(other === index)),
    );
  }

  #deal(): void {
    this.#round = deal(this.#frame.settings.state.seed, this.#number);
    this.#picked = false;
    const { query, keys } = this.#round;
    const asides = asidesOf([query, ...keys]);
    [this.#query, ...this.#keys].forEach((element, point) => {
      const { x, y } = onCircle([query, ...keys][point]);
      const sign = { x: asides[point] * x, y: asides[point] * y };
      placeAt(element, { x, y });
      moveSign(element, sign);
      element.classList.remove('positive', 'picked');
    });
    this.#keys.forEach((element, key) => {
      // A letter beside its dot can be pressed, too: its dot may be covered.
      const { x, y } = onCircle(keys[key]);
      setAttributes(element.querySelector('.reach')!, { cx: asides[key + 1] * x, cy: -asides[key + 1] * y });
    });
    this.#beams.show(onCircle(query), keys.map(onCircle), new Float32Array(KEYS));
    this.#title.textContent = `Round ${this.#number + 1} of ${ROUNDS}: which key is a noisy view of q?`;
    this.#said.textContent = 'Say how sure you are, then press a key of the line-up.';
    this.#next.hidden = true;
    this.#showScore();
  }

  #pick(key: number): void {
    if (this.#picked) return;
    this.#picked = true;
    const { query, keys, positive } = this.#round;
    const { temperature } = this.#frame.settings.state;
    const others = keys.map((_, other) => other).filter((other) => other !== positive);
    const order = [positive, ...others];
    void this.#frame
      .compute((engine) =>
        measureLineUp(engine, { temperature, query, keys: order.map((index) => keys[index]) }),
      )
      .then(
        ({ loss, probabilities }) => {
          const shares = new Float32Array(KEYS);
          order.forEach((index, place) => (shares[index] = probabilities[place]));
          this.#beams.show(onCircle(query), keys.map(onCircle), shares);
          this.#tell(key, loss, probabilities[0], temperature);
        },
        (error: unknown) => this.#frame.failed(error),
      );
  }

  #tell(key: number, loss: number, probability: number, temperature: number): void {
    const { positive } = this.#round;
    const right = key === positive;
    const own = pickLoss(right, CONFIDENCES[this.#confidence].probability);
    this.#keys[key].classList.add('picked');
    this.#keys[positive].classList.add('positive');
    this.#totals.own += own;
    this.#totals.softmax += loss;
    this.#number++;
    const answer = right ? 'Right' : `It was ${LETTERS[positive]}`;
    const over = this.#number === ROUNDS;
    this.#said.textContent =
      `${answer}: that costs you ${formatMeasure(own)}. The softmax gave ${LETTERS[positive]} ${formatShare(probability)} and pays ${formatMeasure(loss)}.` +
      (over ? ` ${this.#verdict(temperature)}` : '');
    this.#next.textContent = over ? 'Play again' : 'Next round';
    this.#next.hidden = false;
    this.#next.focus();
    this.#showScore();
    this.#frame.say(this.#said.textContent);
  }

  #verdict(temperature: number): string {
    const { own, softmax } = this.#totals;
    const winner = own < softmax ? 'You win' : 'The softmax wins';
    return `${winner} at temperature ${temperature}. Being sure and wrong costs most: try the softmax at 0.01, and at 0.2, which is how noisy these views are.`;
  }

  #advance(): void {
    if (this.#number < ROUNDS) return this.#deal();
    const { settings } = this.#frame;
    settings.set({ seed: (settings.state.seed + 1) % 100_000 });
  }

  #showScore(): void {
    this.#score.hidden = this.#number === 0;
    const played = Math.max(this.#number, 1);
    this.#ownLoss.show(this.#totals.own / played);
    this.#softmaxLoss.show(this.#totals.softmax / played);
  }
}

/** How far outward the letter of each dot is moved: not at all where no other dot is near. */
function asidesOf(angles: readonly Degrees[]): number[] {
  const around = angles.map((_, point) => point).toSorted((a, b) => angles[a] - angles[b]);
  const isNear = (a: number, b: number) => Math.abs(wrapped(angles[a] - angles[b])) < COVERED;
  const asides = angles.map(() => 0);
  let turn = 0;
  around.forEach((point, index) => {
    const before = around.at(index - 1)!;
    const after = around[(index + 1) % around.length];
    if (isNear(point, before) || isNear(point, after)) asides[point] = ASIDE[turn++ % ASIDE.length];
    else turn = 0;
  });
  return asides;
}

function placeAt(element: SVGGElement, { x, y }: { x: number; y: number }): void {
  setAttributes(element, { transform: `translate(${x} ${-y})` });
}
