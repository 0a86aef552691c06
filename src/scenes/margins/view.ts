import { formatMeasure, withMinus } from '../../values/format.ts';
import { newest } from '../newest.ts';
import { Arrow } from '../parts/arrow.ts';
import { Choice } from '../parts/choice.ts';
import { dot, moveSign } from '../parts/dot.ts';
import { addButton, html } from '../parts/html.ts';
import { eachFrame } from '../parts/in-sight.ts';
import { NumberText } from '../parts/number.ts';
import { Plot } from '../parts/plot.ts';
import type { Axis } from '../parts/plot.ts';
import { Slider } from '../parts/slider.ts';
import { Stage } from '../parts/stage.ts';
import type { Handle, Place } from '../parts/stage.ts';
import { setAttributes, svg } from '../parts/svg.ts';
import type { Frame } from '../scene.ts';
import { CrowdView } from './crowd-view.ts';
import {
  fields,
  measureCurve,
  measureMargins,
  numbersOf,
  ROLES,
  stepped,
  tripleOf,
  zoneOf,
} from './model.ts';
import type { MarginsSettings, Measured, Role, Triple } from './model.ts';
import { CLEARANCE, DOT, EXTENT, KEY_STEP, pinned, withinSight } from './plane.ts';

const SIGNS = { anchor: 'a', positive: 'p', negative: 'n' };
/** One step of descent. */
const RATE = 0.01;
/** Points of the curve, from one end of its axis to the other. */
const CURVE_POINTS = 61;
/** The farthest distance on the axis before it follows a negative that flees. */
const NEARBY = 2.4;

/** The highest cost on the axis before it follows a margin that is larger. */
const USUAL_COST = 1.5;

/** How many times longer than usual an axis is: twice as long each time that what is on it would leave it. */
function growthFor(share: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(share)));
}

function widthFor({ negativeDistance }: Measured): number {
  return growthFor(negativeDistance / NEARBY);
}

/** Without an end costs fall as far below 0 as distances go. */
function axesFor(width: number, height: number, isEndless: boolean): { x: Axis; y: Axis } {
  const rise = isEndless ? width : height;
  const ticks = isEndless ? [-2, -1, 0, 1] : [-1, 0, 1];
  return {
    x: {
      minimum: 0,
      maximum: NEARBY * width,
      scale: 'linear',
      ticks: [0, 0.5, 1, 1.5, 2].map((tick) => tick * width),
      format: String,
      title: 'd(a, n)',
    },
    y: {
      minimum: (isEndless ? -NEARBY : -1) * rise,
      maximum: USUAL_COST * rise,
      scale: 'linear',
      ticks: ticks.map((tick) => tick * rise),
      format: (value) => withMinus(String(value)),
      title: 'what the negative costs',
    },
  };
}

export class MarginsView {
  readonly #frame: Frame<typeof fields>;
  readonly #crowd: CrowdView;
  readonly #picture = html('div');
  readonly #readings = html('div');
  readonly #disc = svg('circle', { class: 'disc' });
  readonly #near = svg('circle', { class: 'near' });
  readonly #zoneNames: Record<'hard' | 'semi-hard' | 'easy', SVGTextElement>;
  readonly #arrows: Record<Role, Arrow>;
  readonly #dots: Record<Role, SVGGElement>;
  readonly #handles: Record<Role, Handle>;
  /** How far away a negative is that is drawn nearer. */
  readonly #fled = svg('text', { class: 'fled' });
  readonly #curve: Plot;
  readonly #play: HTMLButtonElement;
  readonly #loss = new NumberText('loss');
  readonly #push = new NumberText('push');
  readonly #positiveDistance = new NumberText('positive distance');
  readonly #negativeDistance = new NumberText('negative distance');
  readonly #margin = new NumberText('margin');
  readonly #formula = html('p', 'formula');
  readonly #verdict = html('p', 'note');
  #playing = false;

  constructor(frame: Frame<typeof fields>) {
    this.#frame = frame;
    const { settings } = frame;
    frame.picture.append(this.#picture);
    const stage = new Stage(this.#picture, 'Anchor, positive and negative in the plane', EXTENT);
    stage.element.classList.add('plane');
    const zones = stage.addLayer('zones');
    zones.append(this.#disc, this.#near);
    const named = (name: string) => {
      const text = svg('text', { class: 'zone-name' });
      text.textContent = name;
      zones.append(text);
      return text;
    };
    this.#zoneNames = { hard: named('hard'), 'semi-hard': named('semi-hard'), easy: named('easy') };
    const arrows = stage.addLayer('arrows');
    const points = stage.addLayer('points');
    this.#arrows = {
      anchor: new Arrow(arrows, 'anchor'),
      positive: new Arrow(arrows, 'positive'),
      negative: new Arrow(arrows, 'negative'),
    };
    this.#dots = {
      anchor: dot('anchor', DOT, SIGNS.anchor),
      positive: dot('positive', DOT, SIGNS.positive),
      negative: dot('negative', DOT, SIGNS.negative),
    };
    this.#handles = {
      anchor: this.#addHandle(stage, points, 'anchor'),
      positive: this.#addHandle(stage, points, 'positive'),
      negative: this.#addHandle(stage, points, 'negative'),
    };
    points.append(this.#fled);
    this.#curve = new Plot(
      this.#picture,
      'What the negative costs, against its distance from the anchor',
      { x: 1.6, y: 0.62 },
      axesFor(1, 1, false),
    );
    const show = this.#addControls();
    this.#readings.append(
      this.#formula,
      html('p', '', 'The negative costs ', this.#push.element, '.'),
      this.#verdict,
    );
    frame.readings.append(this.#readings);

    const measure = newest(
      async (state: MarginsSettings) => {
        const [measured, costs] = await frame.compute(async (engine) => {
          const found = await measureMargins(engine, tripleOf(state.points), state);
          const distances = distancesFor(found);
          return [found, await measureCurve(engine, state, found.clearance, distances)] as const;
        });
        this.#draw(state, measured, costs);
      },
      (error) => frame.failed(error),
    );
    const follow = (state: MarginsSettings) => {
      show(state);
      const isShown = state.mode !== 'triplets';
      for (const element of [this.#picture, this.#readings]) element.hidden = !isShown;
      if (isShown) measure(state);
    };
    settings.subscribe(follow);
    follow(settings.state);
    this.#crowd = new CrowdView(frame);
    this.#play = this.#addPlay();
    void eachFrame(frame.picture, () => this.#advance());
  }

  #addHandle(stage: Stage, layer: SVGGElement, role: Role): Handle {
    const { settings } = this.#frame;
    const put = (place: Place) =>
      settings.set({
        points: numbersOf({ ...tripleOf(settings.state.points), [role]: withinSight(place) }),
      });
    const handle = stage.addHandle(layer, this.#dots[role], {
      moved: put,
      nudged: (right, up) => {
        const { x, y } = tripleOf(settings.state.points)[role];
        put({ x: x + KEY_STEP * right, y: y + KEY_STEP * up });
      },
    });
    handle.setLabel(`The ${role}`);
    return handle;
  }

  #addControls(): (state: MarginsSettings) => void {
    const { settings, controls } = this.#frame;
    const { mode, margin } = fields;
    const modes = new Choice(controls, mode.label, mode.choices, (key) => settings.set({ mode: key }));
    const hinges = new Choice(controls, 'Far enough', { on: 'is left alone', off: 'is pushed on' }, (key) =>
      settings.set({ hinge: key === 'on' }),
    );
    const slider = new Slider(controls, 'margin', margin, (value) => settings.set({ margin: value }));
    return (state) => {
      modes.show(state.mode);
      hinges.show(state.hinge ? 'on' : 'off');
      hinges.element.hidden = state.mode !== 'pair';
      slider.show(state.margin);
      this.#writeFormula(state);
    };
  }

  #addPlay(): HTMLButtonElement {
    const button = addButton(this.#frame.controls, 'Follow the arrows', () => {
      this.#playing = !this.#playing;
      button.textContent = this.#playing ? 'Stop' : 'Follow the arrows';
    });
    button.className = 'play';
    return button;
  }

  #writeFormula({ mode, hinge }: MarginsSettings): void {
    const [p, n, m] = [this.#positiveDistance, this.#negativeDistance, this.#margin].map(
      ({ element }) => element,
    );
    const total = [' = ', this.#loss.element];
    if (mode === 'triplet') {
      this.#formula.replaceChildren('L = [d(a,p) − d(a,n) + m]₊ = [', p, ' − ', n, ' + ', m, ']₊', ...total);
    } else {
      const bracket = hinge ? ['[', m, ' − ', n, ']₊'] : ['(', m, ' − ', n, ')'];
      const term = hinge ? '[m − d(a,n)]₊' : '(m − d(a,n))';
      this.#formula.replaceChildren(`L = d(a,p) + ${term} = `, p, ' + ', ...bracket, ...total);
    }
  }

  async #advance(): Promise<void> {
    if (!this.#playing) return;
    try {
      await (this.#frame.settings.state.mode === 'triplets' ? this.#crowd.advance() : this.#descend());
    } catch (error) {
      this.#play.click();
      this.#frame.failed(error);
    }
  }

  async #descend(): Promise<void> {
    const { settings, compute } = this.#frame;
    const triple = tripleOf(settings.state.points);
    const { gradient } = await compute((engine) => measureMargins(engine, triple, settings.state));
    const moved = stepped(triple, gradient, RATE);
    const present = tripleOf(settings.state.points);
    for (const role of ROLES) if (this.#handles[role].isHeld) moved[role] = present[role];
    settings.set({ points: numbersOf(moved) });
  }

  #draw(state: MarginsSettings, measured: Measured, costs: Float32Array): void {
    const triple = tripleOf(state.points);
    const { positiveDistance, negativeDistance, push, loss, gradient } = measured;
    const isTriplet = state.mode === 'triplet';
    const isEndless = !isTriplet && !state.hinge;
    const places = this.#placesOf(triple, isEndless);
    this.#fled.toggleAttribute('hidden', places.negative === triple.negative);
    this.#fled.textContent = `${formatMeasure(negativeDistance)} away`;
    setAttributes(this.#fled, { x: places.negative.x, y: -places.negative.y + 2.2 * DOT });
    // The positive is drawn over the anchor.
    const areOne = positiveDistance < DOT;
    const between = positiveDistance - 2 * CLEARANCE;
    moveSign(this.#dots.anchor, { x: areOne ? -1.8 * DOT : 0, y: 0 });
    for (const role of ROLES) {
      const { x, y } = gradient[role];
      const room = role === 'positive' ? between : role === 'anchor' && areOne ? 0 : undefined;
      this.#handles[role].moveTo(places[role]);
      this.#arrows[role].show(places[role], { x: -x, y: -y }, CLEARANCE, room);
      const { x: right, y: up } = triple[role];
      this.#handles[role].setValue(
        right,
        -EXTENT.x,
        EXTENT.x,
        `${right.toFixed(2)} right, ${up.toFixed(2)} up, pulled by ${Math.hypot(x, y).toFixed(2)}`,
      );
    }
    this.#drawZones(state, triple.anchor, measured);
    this.#curve.setAxes(axesFor(widthFor(measured), growthFor(measured.clearance / USUAL_COST), isEndless));
    this.#curve.line(
      'cost',
      distancesFor(measured).map((x, index) => ({ x, y: costs[index] })),
    );
    this.#curve.dots('present', [{ x: negativeDistance, y: push }]);

    this.#loss.show(loss);
    this.#push.show(push);
    this.#positiveDistance.show(positiveDistance);
    this.#negativeDistance.show(negativeDistance);
    this.#margin.show(state.margin);
    const verdict = isTriplet ? ofTriplet(measured) : ofPair(state, measured);
    this.#verdict.textContent = verdict;
    this.#frame.say(`Loss ${formatMeasure(loss)}. ${verdict}`);
  }

  /** Everything where it is, but a negative that is pushed on for ever no farther than the picture goes. */
  #placesOf(triple: Triple, isEndless: boolean): Triple {
    if (!isEndless || this.#handles.negative.isHeld) return triple;
    return { ...triple, negative: pinned(triple.anchor, triple.negative) };
  }

  #drawZones({ mode, hinge }: MarginsSettings, anchor: Place, measured: Measured): void {
    const { positiveDistance, clearance } = measured;
    const isTriplet = mode === 'triplet';
    const middle = { cx: anchor.x, cy: -anchor.y };
    setAttributes(this.#disc, { ...middle, r: hinge || isTriplet ? clearance : 0 });
    setAttributes(this.#near, { ...middle, r: isTriplet ? positiveDistance : 0 });
    const radii = {
      hard: positiveDistance / 2,
      'semi-hard': (positiveDistance + clearance) / 2,
      easy: clearance + 0.08,
    };
    const zone = isTriplet ? zoneOf(measured) : undefined;
    for (const name of ['hard', 'semi-hard', 'easy'] as const) {
      const text = this.#zoneNames[name];
      text.toggleAttribute('hidden', !isTriplet);
      text.classList.toggle('present', name === zone);
      setAttributes(text, { x: anchor.x, y: -anchor.y + radii[name] });
    }
  }
}

/** Distances at which the curve is measured. */
function distancesFor(measured: Measured): number[] {
  const step = (NEARBY * widthFor(measured)) / (CURVE_POINTS - 1);
  return Array.from({ length: CURVE_POINTS }, (_, index) => index * step);
}

function ofPair({ hinge }: MarginsSettings, { push, negativeDistance }: Measured): string {
  if (!hinge) return 'Nothing is ever far enough: the negative is pushed on, and takes everything with it.';
  if (push === 0)
    return 'The negative has cleared the margin: it costs exactly nothing, and nothing moves it.';
  if (negativeDistance === 0)
    return 'In one place with the anchor there is no direction to part in: no push.';
  return 'The negative is within the margin, and is pushed straight out.';
}

function ofTriplet(measured: Measured): string {
  switch (zoneOf(measured)) {
    case 'easy':
      return 'Easy: farther than the positive by more than the margin. Nothing is learned from it.';
    case 'semi-hard':
      return 'Semi-hard: farther than the positive, but not by the margin.';
    case 'hard':
      return 'Hard: closer than the positive.';
  }
}
