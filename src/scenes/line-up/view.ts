import { formatMeasure, formatShare, withMinus } from '../../values/format.ts';
import { angleOf, onCircle, wrapped } from '../circle.ts';
import type { Degrees, Vector } from '../circle.ts';
import { newest } from '../newest.ts';
import { Arrow } from '../parts/arrow.ts';
import { Beams } from '../parts/beams.ts';
import { circleStage } from '../parts/circle-stage.ts';
import { dot } from '../parts/dot.ts';
import { addButton, html } from '../parts/html.ts';
import { NumberText } from '../parts/number.ts';
import { Slider } from '../parts/slider.ts';
import type { Handle, Stage } from '../parts/stage.ts';
import type { Frame } from '../scene.ts';
import { LineUpBars } from './bars-view.ts';
import { LineUpGame } from './game-view.ts';
import { fields, measureLineUp } from './model.ts';
import type { LineUp, LineUpSettings } from './model.ts';

/** How far an arrow key moves a point. */
const STEP: Degrees = 3;
const DOT = 0.085;
/** Where an arrow begins, from the middle of its point. */
const CLEARANCE = 0.11;

/** A push that is written as 0. */
const NO_PUSH = 5e-4;

export class LineUpView {
  readonly #frame: Frame<typeof fields>;
  readonly #stage: Stage;
  readonly #beams: Beams;
  readonly #arrows: Arrow[];
  readonly #query: Handle;
  readonly #keys: Handle[];
  readonly #bars: LineUpBars;
  readonly #probability = new NumberText('probability');
  readonly #loss = new NumberText('loss');
  readonly #entropy = new NumberText('entropy');
  readonly #effectiveNegatives = new NumberText('effective negatives', (value) => value.toFixed(2));
  readonly #push = new NumberText('push', (value) => (value < NO_PUSH ? '0' : formatMeasure(value)));
  readonly #sharers: HTMLElement;
  readonly #nobody = html(
    'span',
    '',
    'Nobody is pushed, and nothing pulls: perfect, as far as this loss can see.',
  );
  readonly #measure: (settings: LineUpSettings) => void;

  constructor(frame: Frame<typeof fields>) {
    this.#frame = frame;
    const { settings } = frame;
    this.#stage = circleStage(frame.picture, 'A query and its keys on a circle');
    const names = settings.state.keys.map((_, key) => (key === 0 ? 'positive' : 'negative'));
    this.#beams = new Beams(this.#stage.addLayer('beams'), names);
    const arrows = this.#stage.addLayer('arrows');
    this.#arrows = ['anchor', ...names].map((name) => new Arrow(arrows, name));

    const points = this.#stage.addLayer('points');
    this.#keys = names.map((name, key) =>
      this.#addHandle(points, name, key === 0 ? '+' : String(key), keyName(key), {
        get: () => settings.state.keys[key],
        set: (angle) => settings.set({ keys: settings.state.keys.with(key, angle) }),
      }),
    );
    this.#query = this.#addHandle(points, 'anchor', 'q', 'The query', {
      get: () => settings.state.query,
      set: (angle) => settings.set({ query: angle }),
    });

    const slider = new Slider(frame.controls, 'temperature', fields.temperature, (temperature) =>
      settings.set({ temperature }),
    );
    this.#sharers = html(
      'span',
      '',
      this.#effectiveNegatives.element,
      ` of ${names.length - 1} negatives share in it.`,
    );
    frame.readings.append(
      html('p', 'formula', 'L = −log p(+) = −log ', this.#probability.element, ' = ', this.#loss.element),
    );
    this.#bars = new LineUpBars(
      frame.readings,
      names.map((_, key) => keyName(key)),
    );
    frame.readings.append(
      html(
        'p',
        'note',
        'Entropy ',
        this.#entropy.element,
        ' nats. Push on all negatives together: (1 − p(+)) / temperature = ',
        this.#push.element,
        '. ',
        this.#sharers,
        this.#nobody,
      ),
      html(
        'p',
        'note',
        'Try: at a low temperature, drag a key past the positive, nearer to q, and watch the answer flip.',
      ),
    );

    const play = addButton(frame.controls, 'Can you beat the softmax?', () =>
      settings.set({ playing: true }),
    );
    const own = [this.#stage.element, play, ...frame.readings.children];
    void new LineUpGame(frame);

    this.#measure = newest(
      async (state) => this.#draw(state, await frame.compute((engine) => measureLineUp(engine, state))),
      (error) => frame.failed(error),
    );
    const show = (state: LineUpSettings) => {
      for (const element of own) element.toggleAttribute('hidden', state.playing);
      slider.show(state.temperature);
      this.#query.moveTo(onCircle(state.query));
      this.#keys.forEach((key, index) => key.moveTo(onCircle(state.keys[index])));
      this.#measure(state);
    };
    settings.subscribe(show);
    show(settings.state);
  }

  #addHandle(
    layer: SVGGElement,
    className: string,
    sign: string,
    label: string,
    angle: { get(): Degrees; set(angle: Degrees): void },
  ): Handle {
    const handle = this.#stage.addHandle(layer, dot(className, DOT, sign), {
      moved: (place) => {
        const to = angleOf(place);
        if (to !== undefined) angle.set(to);
      },
      nudged: (right, up) => angle.set(wrapped(angle.get() + STEP * (right + up))),
    });
    handle.setLabel(label);
    return handle;
  }

  #draw(state: LineUpSettings, lineUp: LineUp): void {
    const { similarities, probabilities, loss, entropy, effectiveNegatives, push } = lineUp;
    const from = onCircle(state.query);
    const keys = state.keys.map(onCircle);
    this.#beams.show(from, keys, probabilities);
    [lineUp.queryGradient, ...lineUp.keyGradients].forEach((gradient, point) => {
      this.#arrows[point].show(point === 0 ? from : keys[point - 1], downhill(gradient), CLEARANCE);
    });
    this.#bars.show(similarities, probabilities);
    this.#probability.show(probabilities[0]);
    this.#loss.show(loss);
    this.#entropy.show(entropy);
    this.#effectiveNegatives.show(effectiveNegatives);
    this.#push.show(push);
    const isPushed = push >= NO_PUSH;
    this.#sharers.hidden = !isPushed;
    this.#nobody.hidden = isPushed;

    this.#query.setValue(state.query, -180, 180, `at ${degreesText(state.query)}`);
    this.#keys.forEach((key, index) => {
      const angle = state.keys[index];
      key.setValue(
        angle,
        -180,
        180,
        `at ${degreesText(angle)}, cosine ${withMinus(similarities[index].toFixed(2))}, probability ${formatShare(probabilities[index])}`,
      );
    });
    this.#frame.say(
      `The positive has probability ${formatShare(probabilities[0])}, the loss is ${loss.toFixed(2)} nats, ${isPushed ? `${effectiveNegatives.toFixed(1)} negatives share in the push` : 'nobody is pushed'}.`,
    );
  }
}

function keyName(key: number): string {
  return key === 0 ? 'Positive' : `Negative ${key}`;
}

function downhill({ x, y }: Vector): Vector {
  return { x: -x, y: -y };
}

function degreesText(angle: Degrees): string {
  return `${withMinus(angle.toFixed(0))} degrees`;
}
