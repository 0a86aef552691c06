import { formatMeasure, withMinus } from '../../values/format.ts';
import { newest } from '../newest.ts';
import { Arrow } from '../parts/arrow.ts';
import { Choice } from '../parts/choice.ts';
import { dot } from '../parts/dot.ts';
import { addButton, html } from '../parts/html.ts';
import { eachFrame } from '../parts/in-sight.ts';
import { NumberText } from '../parts/number.ts';
import { Plot } from '../parts/plot.ts';
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
import type { MarginsSettings, Measured, Role } from './model.ts';
import { CLEARANCE, DOT, EXTENT, KEY_STEP, withinSight } from './plane.ts';

const SIGNS = { anchor: 'a', positive: 'p', negative: 'n' };
/** One step of descent. */
const RATE = 0.01;
/** Distances at which the curve is measured. */
const DISTANCES = Array.from({ length: 61 }, (_, index) => index * 0.04);
const DISTANCE = {
  minimum: 0,
  maximum: 2.4,
  scale: 'linear',
  ticks: [0, 0.5, 1, 1.5, 2],
  format: String,
  title: 'd(a, n)',
} as const;
const PUSH = {
  minimum: -1,
  maximum: 1.5,
  scale: 'linear',
  ticks: [-1, 0, 1],
  format: (value: number) => withMinus(String(value)),
  title: 'what the negative costs',
} as const;

export class MarginsView {
  readonly #frame: Frame<typeof fields>;
  readonly #crowd: CrowdView;
  readonly #picture = html('div');
  readonly #readings = html('div');
  readonly #disc = svg('circle', { class: 'disc' });
  readonly #near = svg('circle', { class: 'near' });
  readonly #zoneNames: Record<'hard' | 'semi-hard' | 'easy', SVGTextElement>;
  readonly #arrows: Record<Role, Arrow>;
  readonly #handles: Record<Role, Handle>;
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
    this.#handles = {
      anchor: this.#addHandle(stage, points, 'anchor'),
      positive: this.#addHandle(stage, points, 'positive'),
      negative: this.#addHandle(stage, points, 'negative'),
    };
    this.#curve = new Plot(
      this.#picture,
      'What the negative costs, against its distance from the anchor',
      { x: 1.6, y: 0.62 },
      { x: DISTANCE, y: PUSH },
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
          return [found, await measureCurve(engine, state, found.clearance, DISTANCES)] as const;
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
    const handle = stage.addHandle(layer, dot(role, DOT, SIGNS[role]), {
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
    for (const role of ROLES) {
      const { x, y } = gradient[role];
      this.#handles[role].moveTo(triple[role]);
      this.#arrows[role].show(triple[role], { x: -x, y: -y }, CLEARANCE);
      const { x: right, y: up } = triple[role];
      this.#handles[role].setValue(
        right,
        -EXTENT.x,
        EXTENT.x,
        `${right.toFixed(2)} right, ${up.toFixed(2)} up, pulled by ${Math.hypot(x, y).toFixed(2)}`,
      );
    }
    this.#drawZones(state, triple.anchor, measured);
    const points = DISTANCES.map((x, index) => ({ x, y: costs[index] }));
    this.#curve.line(
      'cost',
      points.filter(({ y }) => isOnAxis(y)),
    );
    const isOnCurve = negativeDistance <= DISTANCE.maximum && isOnAxis(push);
    this.#curve.dots('present', isOnCurve ? [{ x: negativeDistance, y: push }] : []);

    this.#loss.show(loss);
    this.#push.show(push);
    this.#positiveDistance.show(positiveDistance);
    this.#negativeDistance.show(negativeDistance);
    this.#margin.show(state.margin);
    const verdict = isTriplet ? ofTriplet(measured) : ofPair(state, measured);
    this.#verdict.textContent = verdict;
    this.#frame.say(`Loss ${formatMeasure(loss)}. ${verdict}`);
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

function isOnAxis(cost: number): boolean {
  return cost >= PUSH.minimum && cost <= PUSH.maximum;
}
