import type { Mining } from '../../losses/triplet-terms.ts';
import { formatMeasure, withMinus } from '../../values/format.ts';
import { unpacked } from '../circle.ts';
import type { Vector } from '../circle.ts';
import { newest } from '../newest.ts';
import { Arrow } from '../parts/arrow.ts';
import { Choice } from '../parts/choice.ts';
import { dot } from '../parts/dot.ts';
import { html } from '../parts/html.ts';
import { NumberText } from '../parts/number.ts';
import { Plot } from '../parts/plot.ts';
import { Stage } from '../parts/stage.ts';
import type { Handle } from '../parts/stage.ts';
import { setAttributes, svg } from '../parts/svg.ts';
import type { Frame } from '../scene.ts';
import { CLASSES, crowdFields, crowdOf, measureCrowd } from './crowd.ts';
import type { MeasuredCrowd, Triplet } from './crowd.ts';
import { fields } from './model.ts';
import type { MarginsSettings } from './model.ts';
import { CLEARANCE, DOT, EXTENT, KEY_STEP, withinSight } from './plane.ts';

/** One step of descent: the gradient is a mean over triplets, and small. */
const RATE = 0.02;
const SIGNS = ['A', 'B'];
/** The width of a line that one active triplet runs along, and of one that more than enough do, in the picture's units. */
const THIN = 0.009;
const THICK = 0.04;
const GAP = {
  minimum: -1.6,
  maximum: 1.6,
  scale: 'linear',
  ticks: [-1, 0, 1],
  format: (value: number) => withMinus(String(value)),
  title: 'd(a, n) − d(a, p)',
} as const;
const COST = {
  minimum: 0,
  maximum: 2,
  scale: 'linear',
  ticks: [0, 1, 2],
  format: String,
  title: 'what each triplet costs',
} as const;
const MEANINGS: Record<Mining, string> = {
  all: 'every triplet that breaks the margin.',
  'semi-hard':
    'those whose negative is farther than the positive, but within the margin; the worst offenders are left out.',
  'facenet-semi-hard':
    'for each positive one negative, the nearest beyond it, or if there is none the farthest.',
  hard: 'only those whose negative is nearer than the positive.',
  'batch-hard': 'one triplet per anchor, of its farthest positive and its nearest negative.',
};

/** A pair of points, and the line between them. */
interface Tie {
  a: number;
  b: number;
  line: SVGLineElement;
}

/** All triplets of two classes at once: which are active, and where they lie on the hinge. */
export class CrowdView {
  readonly #frame: Frame<typeof fields>;
  readonly #picture = html('div', 'crowd');
  readonly #readings = html('div');
  readonly #ties: Tie[];
  readonly #arrows: Arrow[];
  readonly #handles: Handle[];
  readonly #hinge: Plot;
  readonly #loss = new NumberText('crowd loss');
  readonly #active = new NumberText('active', String);
  readonly #all = new NumberText('triplets', String);
  readonly #meaning = html('p', 'note');

  constructor(frame: Frame<typeof fields>) {
    this.#frame = frame;
    const { settings } = frame;
    frame.picture.append(this.#picture);
    const stage = new Stage(this.#picture, 'Points of two classes in the plane', EXTENT);
    stage.element.classList.add('plane');
    const ties = stage.addLayer('crowd-ties');
    this.#ties = CLASSES.flatMap((_, a) =>
      CLASSES.slice(a + 1).map((_other, index) => ({ a, b: a + 1 + index, line: svg('line') })),
    );
    ties.append(...this.#ties.map(({ line }) => line));
    const arrows = stage.addLayer('arrows');
    const points = stage.addLayer('points');
    this.#arrows = CLASSES.map(() => new Arrow(arrows, 'member'));
    this.#handles = CLASSES.map((_, point) => this.#addHandle(stage, points, point));
    this.#hinge = new Plot(
      this.#picture,
      'What each triplet costs, against how much farther its negative is than its positive',
      { x: 1.6, y: 0.62 },
      { x: GAP, y: COST },
    );

    const { mining } = crowdFields;
    const minings = new Choice(frame.controls, mining.label, mining.choices, (key) =>
      settings.set({ mining: key }),
    );
    this.#readings.append(
      html(
        'p',
        '',
        'Every dot below the picture is a triplet: an anchor, a point of its own letter, and one of the other. ',
        html('span', 'key negative', 'Orange'),
        ' ones break the margin, are picked and pull, grey ones are not; the lines are the picked ones, ',
        html('span', 'key positive', 'green'),
        ' to a positive and ',
        html('span', 'key negative', 'orange'),
        ' to a negative of the blue anchor, grey for all other anchors.',
      ),
      this.#meaning,
      html('p', 'formula', this.#active.element, ' of ', this.#all.element, ' triplets are active.'),
      html('p', '', 'L = mean of the active [d(a,p) − d(a,n) + m]₊ = ', this.#loss.element),
    );
    frame.readings.append(this.#readings);

    const measure = newest(
      async (state: MarginsSettings) =>
        this.#draw(state, await frame.compute((engine) => measureCrowd(engine, state))),
      (error) => frame.failed(error),
    );
    const follow = (state: MarginsSettings) => {
      const isShown = state.mode === 'triplets';
      for (const element of [this.#picture, minings.element, this.#readings]) element.hidden = !isShown;
      minings.show(state.mining);
      if (isShown) measure(state);
    };
    settings.subscribe(follow);
    follow(settings.state);
  }

  /** One step of descent. */
  async advance(): Promise<void> {
    const { settings, compute } = this.#frame;
    const { gradient } = await compute((engine) => measureCrowd(engine, settings.state));
    const places = this.#places().map((place, point) =>
      this.#handles[point].isHeld
        ? place
        : { x: place.x - RATE * gradient[point].x, y: place.y - RATE * gradient[point].y },
    );
    settings.set({ crowd: crowdOf(places) });
  }

  #places(): Vector[] {
    return unpacked(Float32Array.from(this.#frame.settings.state.crowd));
  }

  #addHandle(stage: Stage, layer: SVGGElement, point: number): Handle {
    const { settings } = this.#frame;
    const put = (place: Vector) =>
      settings.set({ anchor: point, crowd: crowdOf(this.#places().with(point, withinSight(place))) });
    return stage.addHandle(layer, dot('member', DOT, SIGNS[CLASSES[point]]), {
      moved: put,
      nudged: (right, up) => {
        const { x, y } = this.#places()[point];
        put({ x: x + KEY_STEP * right, y: y + KEY_STEP * up });
      },
      pressed: () => settings.set({ anchor: point }),
    });
  }

  #draw(state: MarginsSettings, { loss, count, gradient, triplets, active }: MeasuredCrowd): void {
    const places = unpacked(Float32Array.from(state.crowd));
    const own = active.filter(({ anchor }) => anchor === state.anchor);
    places.forEach((place, point) => {
      const role = roleOf(point, state.anchor);
      const { x, y } = gradient[point];
      const handle = this.#handles[point];
      handle.moveTo(place);
      this.#arrows[point].show(place, { x: -x * places.length, y: -y * places.length }, CLEARANCE);
      for (const element of [handle.element.querySelector('.dot')!, this.#arrows[point].element]) {
        for (const name of ['anchor', 'positive', 'negative']) element.classList.toggle(name, name === role);
      }
      handle.setLabel(`A point of class ${SIGNS[CLASSES[point]]}, ${role}`);
      const anchored = active.filter(({ anchor }) => anchor === point).length;
      handle.setValue(
        place.x,
        -EXTENT.x,
        EXTENT.x,
        `${place.x.toFixed(2)} right, ${place.y.toFixed(2)} up, anchor of ${anchored} active triplets`,
      );
    });
    for (const tie of this.#ties) drawTie(tie, places, active, own, state.anchor);
    this.#drawHinge(state.margin, triplets, active);

    this.#loss.show(loss);
    this.#active.show(count);
    this.#all.show(triplets.length);
    const picked = `Mining “${crowdFields.mining.choices[state.mining]}” picks ${MEANINGS[state.mining]}`;
    const meaning = count === 0 ? `${picked} ${ofStandstill(triplets)}` : picked;
    this.#meaning.textContent = meaning;
    this.#frame.say(
      `${count} of ${triplets.length} triplets are active, loss ${formatMeasure(loss)}. ${meaning}`,
    );
  }

  #drawHinge(margin: number, triplets: readonly Triplet[], active: readonly Triplet[]): void {
    const { maximum } = COST;
    this.#hinge.band('semi-hard', [
      { x: 0, low: 0, high: maximum },
      { x: margin, low: 0, high: maximum },
    ]);
    for (const [name, x] of [
      ['hard', -0.4],
      ['semi-hard', margin / 2],
      ['easy', 1.25],
    ] as const) {
      this.#hinge.text(`zone ${name}`, name, x, maximum);
    }
    this.#hinge.dots('idle', dotsOf(triplets));
    this.#hinge.dots('working', dotsOf(active));
  }
}

/** What to say where no triplet is active. */
function ofStandstill(triplets: readonly Triplet[]): string {
  const costly = triplets.filter(({ loss }) => loss > 0).length;
  return costly === 0
    ? 'Every triplet keeps the margin: nothing is learned any more.'
    : `Nothing moves, though ${costly} triplets that do not count still break the margin.`;
}

/** As the anchor sees a point. */
function roleOf(point: number, anchor: number): 'anchor' | 'positive' | 'negative' {
  if (point === anchor) return 'anchor';
  return CLASSES[point] === CLASSES[anchor] ? 'positive' : 'negative';
}

/** In colour where the anchor's own active triplets run, else as wide as there are active triplets that run there. */
function drawTie(
  { a, b, line }: Tie,
  places: readonly Vector[],
  active: readonly Triplet[],
  own: readonly Triplet[],
  anchor: number,
): void {
  const runs = active.filter((triplet) => isLegOf(triplet, a, b)).length;
  line.toggleAttribute('hidden', runs === 0);
  if (runs === 0) return;
  const isOwn = own.some((triplet) => isLegOf(triplet, a, b));
  setAttributes(line, {
    class: isOwn ? roleOf(a === anchor ? b : a, anchor) : '',
    x1: places[a].x,
    y1: -places[a].y,
    x2: places[b].x,
    y2: -places[b].y,
    'stroke-width': Math.min(THIN * runs, THICK),
  });
}

function isLegOf({ anchor, positive, negative }: Triplet, a: number, b: number): boolean {
  const other = anchor === a ? b : anchor === b ? a : undefined;
  return other !== undefined && (other === positive || other === negative);
}

/** Where on the hinge some triplets lie, of those that the plot has room for. */
function dotsOf(triplets: readonly Triplet[]): Vector[] {
  return triplets
    .map(({ gap, loss }) => ({ x: gap, y: loss }))
    .filter(({ x, y }) => x >= GAP.minimum && x <= GAP.maximum && y <= COST.maximum);
}
