import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatMeasure, withMinus } from '../values/format.ts';
import { plateausOf } from './diagnosis.ts';
import { History } from './history.ts';
import type { Measure } from './history.ts';
import { drawReferenceLine } from './reference-line.ts';
import type { ReferenceLine } from './reference-line.ts';
import type { State } from './state.ts';
import { colourOf } from './theme.ts';
import { uniformityFloors } from './uniformity-floors.ts';

interface ChartDescription {
  measure: Measure;
  title: string;
  tooltip: string;
}

const descriptions: readonly ChartDescription[] = [
  {
    measure: 'loss',
    title: 'Loss',
    tooltip: 'The loss of the batch, in nats.',
  },
  {
    measure: 'alignment',
    title: 'Alignment',
    tooltip: 'Mean squared distance of positive pairs, 0 to 4. Low: partners have met.',
  },
  {
    measure: 'uniformity',
    title: 'Uniformity',
    tooltip: 'log mean exp(-2 |x - y|²) over pairs of points. 0: collapsed. Lower: more evenly spread.',
  },
];

/** Whole steps only. */
const STEP_INCREMENTS = [1, 2, 5]
  .flatMap((digit) => [1, 10, 100, 1e3, 1e4, 1e5, 1e6].map((power) => digit * power))
  .toSorted((a, b) => a - b);
const TICK_FONT = '11px ui-sans-serif, system-ui, sans-serif';
/** The width of a digit in that font, at most. */
const TICK_CHARACTER = 7;

/** Three curves need at least this many pixels. */
const ROOM_FOR_THREE = 560;

/** Loss, alignment and uniformity over the steps of the run. */
export class Charts {
  readonly #charts: Chart[];
  #present: History = new History();
  #previous: History = new History();
  /** Whether the present curve measures one thing all along. */
  #isOfOnePiece = true;

  constructor(container: HTMLElement) {
    const arrange = () => container.classList.toggle('narrow', container.clientWidth < ROOM_FOR_THREE);
    arrange();
    new ResizeObserver(arrange).observe(container);
    this.#charts = descriptions.map((description) => new Chart(container, description));
  }

  /** Starts a new curve; what was there stays as a ghost, if it can be compared. */
  begin(history: History): void {
    if (this.#isOfOnePiece && this.#present.length > 1) this.#previous = this.#present;
    this.#present = history;
    this.#isOfOnePiece = true;
    this.draw();
  }

  /** From now on something else is measured: what was there before cannot be compared with it. */
  forget(): void {
    this.#previous = new History();
    this.#isOfOnePiece = false;
    this.draw();
  }

  /** What the curves are to be held against, as things are set. */
  showReferences(state: State): void {
    const lines: Record<Measure, readonly ReferenceLine[]> = {
      loss: plateausOf(state).map(({ name, loss }) => ({ name, value: loss })),
      alignment: [],
      uniformity: uniformityFloors(state),
    };
    for (const chart of this.#charts) chart.setReferences(lines[chart.measure]);
    this.draw();
  }

  draw(): void {
    for (const chart of this.#charts) chart.draw(this.#present, this.#previous);
  }

  /** Takes the colours of the style sheet anew. */
  recolour(): void {
    for (const chart of this.#charts) chart.build();
    this.draw();
  }
}

class Chart {
  readonly measure: Measure;
  readonly #value: HTMLElement;
  readonly #referenceName = document.createElement('span');
  readonly #ghostName = document.createElement('span');
  readonly #plotArea: HTMLElement;
  #plot: uPlot | undefined;
  #references: readonly ReferenceLine[] = [];

  constructor(container: HTMLElement, { measure, title, tooltip }: ChartDescription) {
    this.measure = measure;
    const figure = document.createElement('figure');
    figure.className = `chart ${measure}`;
    figure.title = tooltip;
    const caption = document.createElement('figcaption');
    const name = document.createElement('span');
    name.textContent = title;
    this.#value = document.createElement('output');
    // An output is a live region by default, and this one changes with every step.
    this.#value.setAttribute('aria-live', 'off');
    this.#value.textContent = '–';
    this.#referenceName.className = 'reference';
    this.#ghostName.className = 'ghost';
    this.#ghostName.textContent = 'previous run';
    caption.append(name, this.#value, this.#referenceName, this.#ghostName);
    this.#plotArea = document.createElement('div');
    this.#plotArea.className = 'plot';
    figure.append(caption, this.#plotArea);
    container.append(figure);
    this.build();
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(this.#plotArea);
  }

  /** The first line is always to be seen, and named above the chart; others where the curve comes near them. */
  setReferences(lines: readonly ReferenceLine[]): void {
    this.#references = lines;
    const [line] = lines;
    this.#referenceName.textContent = line ? withMinus(`${line.name} = ${formatMeasure(line.value)}`) : '';
    this.#referenceName.title = this.#referenceName.textContent;
  }

  draw(present: History, previous: History): void {
    const latest = present.values[this.measure].at(-1);
    this.#value.textContent = latest === undefined ? '–' : formatMeasure(latest);
    this.#ghostName.hidden = previous.length === 0;
    this.#plot?.setData(
      uPlot.join([
        [previous.steps, previous.values[this.measure]],
        [present.steps, present.values[this.measure]],
      ]),
    );
  }

  build(): void {
    this.#plot?.destroy();
    const ink = colourOf('--muted');
    const grid = { stroke: colourOf('--grid'), width: 1 };
    const axis = { stroke: ink, grid, ticks: { show: false }, font: TICK_FONT };
    const options: uPlot.Options = {
      ...this.#size(),
      padding: [6, 14, 0, 0],
      cursor: { show: false },
      legend: { show: false },
      scales: { x: { time: false }, y: { range: (_plot, low, high) => this.#range(low, high) } },
      axes: [
        {
          ...axis,
          size: 20,
          gap: 2,
          space: 60,
          incrs: STEP_INCREMENTS,
          grid: { show: false },
          values: (_plot, ticks) =>
            ticks.map((step, index) => `${index === 0 && ticks.length > 1 ? 'step ' : ''}${shortStep(step)}`),
        },
        {
          ...axis,
          size: (_plot, ticks) =>
            12 + TICK_CHARACTER * Math.max(4, ...(ticks ?? []).map((tick) => tick.length)),
          gap: 4,
          space: 26,
          values: (_plot, ticks) => ticks.map((tick) => withMinus(String(tick))),
        },
      ],
      series: [
        {},
        { stroke: colourOf('--ghost'), width: 1.25, points: { show: false }, spanGaps: true },
        { stroke: colourOf(`--${this.measure}`), width: 1.75, points: { show: false }, spanGaps: true },
      ],
      hooks: {
        drawAxes: [
          (plot) => {
            // One line is named above the chart; of several each bears its name and value.
            const named = this.#references.length > 1;
            for (const { name, value } of this.#references) {
              drawReferenceLine(
                plot,
                value,
                ink,
                named ? withMinus(`${name} = ${formatMeasure(value)}`) : '',
              );
            }
          },
        ],
      },
    };
    this.#plot = new uPlot(options, [[], [], []], this.#plotArea);
  }

  #size(): { width: number; height: number } {
    return { width: this.#plotArea.clientWidth || 200, height: this.#plotArea.clientHeight || 80 };
  }

  /** All of the curve and its first reference, the others where they are about as near, with a little air. */
  #range(low: number | null, high: number | null): [number, number] {
    const [first, ...others] = this.#references.map(({ value }) => value);
    const values = [low, high, first].filter((value) => Number.isFinite(value)) as number[];
    if (values.length === 0) return [0, 1];
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const reach = most - least;
    const near = others.filter((value) => value >= least - reach && value <= most + reach);
    const [bottom, top] = [Math.min(least, ...near), Math.max(most, ...near)];
    const air = 0.08 * (top - bottom) || 0.5;
    return [bottom - air, top + air];
  }
}

function shortStep(step: number): string {
  return step >= 10_000 ? `${step / 1000}k` : String(step);
}
