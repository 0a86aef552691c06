import { laterTask } from '../../engine/slices.ts';
import { formatMeasure } from '../../values/format.ts';
import { addButton, html } from '../parts/html.ts';
import { InSight } from '../parts/in-sight.ts';
import { NumberText } from '../parts/number.ts';
import { Plot } from '../parts/plot.ts';
import { Slider } from '../parts/slider.ts';
import type { Handle } from '../parts/stage.ts';
import { setAttributes, svg } from '../parts/svg.ts';
import type { Frame } from '../scene.ts';
import { GradientFan } from './fan-view.ts';
import {
  ALL_PAIRS,
  estimateInformation,
  fields,
  GRADIENT_DIMENSION,
  GradientField,
  meanOf,
  mutualInformation,
  nearestSize,
  REPEATS,
  SIZES,
} from './model.ts';
import type { ScaleSettings } from './model.ts';

const SIZE_AXIS = {
  minimum: SIZES[0],
  maximum: ALL_PAIRS,
  scale: 'logarithmic',
  ticks: SIZES.filter((_, index) => index % 2 === 0 || index === SIZES.length - 1),
  format: String,
  title: 'batch size N',
} as const;
const NATS = {
  minimum: -1,
  maximum: 9,
  scale: 'linear',
  ticks: [0, 2, 4, 6, 8],
  format: String,
  title: 'nats',
} as const;
const DEGREES = {
  minimum: 0,
  maximum: 125,
  scale: 'linear',
  ticks: [0, 30, 60, 90, 120],
  format: (value: number) => `${value}°`,
  title: 'angle to the gradient of all pairs',
} as const;

/** Before anything is measured there is nothing to read. */
const NOTHING_YET = '…';
const inNats = (value: number) => (Number.isFinite(value) ? formatMeasure(value) : NOTHING_YET);
const inDegrees = (value: number) => (Number.isFinite(value) ? `${value.toFixed(0)}°` : NOTHING_YET);

export class ScaleView {
  readonly #frame: Frame<typeof fields>;
  readonly #inSight: InSight;
  readonly #information: Plot;
  readonly #angles: Plot;
  readonly #handles: Handle[];
  readonly #fan: GradientFan;
  readonly #ceiling = new NumberText('ceiling');
  readonly #estimate = new NumberText('estimate', inNats);
  readonly #lowest = new NumberText('lowest estimate', inNats);
  readonly #highest = new NumberText('highest estimate', inNats);
  readonly #truth = new NumberText('truth');
  readonly #angle = new NumberText('angle', inDegrees);
  readonly #meaning = html('p', 'note');
  readonly #sizeTexts = [html('span'), html('span')];
  /** Estimates of the information, and angles of gradients, one per batch, by batch size. */
  readonly #estimates = new Map<number, number[]>();
  readonly #strays = new Map<number, number[]>();
  /** The sweep over the sizes that is under way. */
  #sweep = new AbortController();

  constructor(frame: Frame<typeof fields>) {
    this.#frame = frame;
    this.#inSight = new InSight(frame.picture);
    const { settings } = frame;
    this.#information = new Plot(
      frame.picture,
      'Information that a batch can prove, against its size',
      { x: 1.6, y: 1.02 },
      { x: SIZE_AXIS, y: NATS },
    );
    this.#angles = new Plot(
      frame.picture,
      'Angle between gradients, against batch size',
      { x: 1.6, y: 0.72 },
      { x: SIZE_AXIS, y: DEGREES },
    );
    this.#handles = [this.#information, this.#angles].map((plot) => this.#addHandle(plot));

    const slider = new Slider(frame.controls, 'correlation', fields.correlation, (correlation) =>
      settings.set({ correlation }),
    );
    addButton(frame.controls, 'Double the batch', () =>
      settings.set({ size: nearestSize(2 * settings.state.size) }),
    );
    this.#addReadings();
    this.#fan = new GradientFan(frame.readings);

    settings.subscribe((state, previous) => {
      slider.show(state.correlation);
      this.#draw(state);
      // The same size as before: another correlation, or the same by another engine.
      if (state.size === previous.size || state.correlation !== previous.correlation) this.#measure(state);
    });
    slider.show(settings.state.correlation);
    this.#draw(settings.state);
    this.#measure(settings.state);
  }

  #addReadings(): void {
    this.#frame.readings.append(
      html('p', 'formula', 'Ceiling ln ', this.#sizeTexts[0], ' = ', this.#ceiling.element, ' nats'),
      html(
        'p',
        'formula estimate',
        'Estimate ln N − L = ',
        this.#estimate.element,
        ' (',
        this.#lowest.element,
        ' to ',
        this.#highest.element,
        ')',
      ),
      html('p', 'formula truth', 'Truth I = ', this.#truth.element, ' nats'),
      this.#meaning,
      html(
        'p',
        'note',
        `${REPEATS} gradients of `,
        this.#sizeTexts[1],
        ` pairs, at their true angles to that of all ${ALL_PAIRS.toLocaleString('en')} (thick): `,
        this.#angle.element,
        ` on average. They have ${GRADIENT_DIMENSION} coordinates, and among so many a direction at random lies near 90°: to point anywhere is to point at right angles.`,
      ),
    );
  }

  #addHandle(plot: Plot): Handle {
    const { settings } = this.#frame;
    const { extent } = plot.stage;
    const drawing = svg('g', { class: 'cursor' });
    const knob = svg('circle', { r: 0.05 });
    const line = svg('line');
    drawing.append(line, knob);
    const handle = plot.stage.addHandle(plot.stage.addLayer('points'), drawing, {
      moved: (place) => settings.set({ size: nearestSize(plot.xAt(place)) }),
      nudged: (right, up) =>
        settings.set({ size: nearestSize(settings.state.size * 2 ** Math.sign(right + up)) }),
    });
    handle.setLabel(fields.size.label);
    setAttributes(line, { y2: -(2 * extent.y - 0.52) });
    return handle;
  }

  /** Measures every batch size anew, the present one first. */
  #measure(state: ScaleSettings): void {
    this.#sweep.abort();
    this.#sweep = new AbortController();
    this.#estimates.clear();
    this.#strays.clear();
    this.#draw(state);
    const { signal } = this.#sweep;
    this.#runSweep(state, signal).catch((error: unknown) => {
      if (!signal.aborted) this.#frame.failed(error);
    });
  }

  async #runSweep({ size: present, correlation }: ScaleSettings, signal: AbortSignal): Promise<void> {
    const { compute } = this.#frame;
    await this.#inSight.wait();
    const sizes = [present, ...SIZES.filter((other) => other !== present)];
    await this.#sample(this.#estimates, sizes, signal, (size, repeat) =>
      compute((engine) => estimateInformation(engine, size, correlation, repeat, signal)),
    );
    const field = await compute((engine) => GradientField.open(engine, correlation, signal));
    await this.#sample(this.#strays, sizes, signal, (size, repeat) =>
      compute((engine) => field.angle(engine, size, repeat, signal)),
    );
  }

  async #sample(
    results: Map<number, number[]>,
    sizes: readonly number[],
    signal: AbortSignal,
    measure: (size: number, repeat: number) => Promise<number>,
  ): Promise<void> {
    for (const size of sizes) {
      const values: number[] = [];
      for (let repeat = 0; repeat < REPEATS; repeat++) {
        values.push(await measure(size, repeat));
        await laterTask();
        await this.#inSight.wait();
        signal.throwIfAborted();
      }
      results.set(size, values);
      this.#draw(this.#frame.settings.state);
    }
  }

  #draw({ size, correlation }: ScaleSettings): void {
    const truth = mutualInformation(correlation);
    const ends = [SIZES[0], ALL_PAIRS];
    this.#information.line(
      'ceiling',
      ends.map((x) => ({ x, y: Math.log(x) })),
    );
    this.#information.line(
      'truth',
      ends.map((x) => ({ x, y: truth })),
    );
    this.#information.text('ceiling', 'ceiling ln N', ALL_PAIRS, Math.log(ALL_PAIRS) + 0.2);
    this.#information.text('truth', 'truth', SIZES[0], truth);
    drawSpread(this.#information, 'estimate', this.#estimates);
    drawSpread(this.#angles, 'angle', this.#strays);
    this.#handles[0].moveTo(this.#information.placeOf(size, NATS.minimum));
    this.#handles[1].moveTo(this.#angles.placeOf(size, DEGREES.minimum));

    for (const text of this.#sizeTexts) text.textContent = size.toLocaleString('en');
    this.#ceiling.show(Math.log(size));
    this.#truth.show(truth);
    this.#meaning.textContent = meaningOf(truth);
    const estimates = this.#estimates.get(size) ?? [];
    const strays = this.#strays.get(size) ?? [];
    this.#fan.show(strays);
    this.#estimate.show(meanOf(estimates));
    this.#lowest.show(Math.min(...estimates));
    this.#highest.show(Math.max(...estimates));
    this.#angle.show(meanOf(strays));
    this.#say(size, truth, estimates, strays);
  }

  #say(size: number, truth: number, estimates: readonly number[], strays: readonly number[]): void {
    let sentence = `${size} pairs: the ceiling is ${Math.log(size).toFixed(2)} nats, the truth ${truth.toFixed(2)}`;
    if (estimates.length > 0) sentence += `, the estimate ${meanOf(estimates).toFixed(2)}`;
    if (strays.length > 0) sentence += `; gradients stray by ${meanOf(strays).toFixed(0)} degrees`;
    for (const handle of this.#handles) handle.setValue(Math.log2(size), 1, Math.log2(ALL_PAIRS), sentence);
    this.#frame.say(`${sentence}.`);
  }
}

/** What the three numbers are. */
function meaningOf(truth: number): string {
  const highest = Math.log(ALL_PAIRS);
  const terms =
    'I is what the two views share, their mutual information, known here because they are Gaussian; to prove some of it is to guess the right key better than chance. A nat is 1.44 bits.';
  if (truth <= highest) return terms;
  return `${terms} Here the truth lies above the ceiling of the largest batch, ln ${ALL_PAIRS.toLocaleString('en')} = ${highest.toFixed(2)}: no batch on this axis can prove it.`;
}

/** The mean as a line, each batch as a dot, all that was seen as a band. */
function drawSpread(plot: Plot, name: string, results: ReadonlyMap<number, readonly number[]>): void {
  const rows = [...results].map(([x, values]) => ({ x, values })).toSorted((a, b) => a.x - b.x);
  plot.band(
    name,
    rows.map(({ x, values }) => ({ x, low: Math.min(...values), high: Math.max(...values) })),
  );
  plot.line(
    name,
    rows.map(({ x, values }) => ({ x, y: meanOf(values) })),
  );
  plot.dots(
    name,
    rows.flatMap(({ x, values }) => values.map((y) => ({ x, y }))),
  );
}
