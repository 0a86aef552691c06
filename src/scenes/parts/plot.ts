import { Stage } from './stage.ts';
import type { Extent, Place } from './stage.ts';
import { setAttributes, svg } from './svg.ts';

/** One axis of a plot. */
export interface Axis {
  minimum: number;
  maximum: number;
  scale: 'linear' | 'logarithmic';
  ticks: readonly number[];
  format(value: number): string;
  title: string;
}

/** Room around the plot for what is written there, in the picture's units. */
const MARGIN = { left: 0.26, right: 0.12, bottom: 0.32, top: 0.2 };
const TICK_GAP = 0.05;

/** Curves, bands and dots between two axes, on a stage: what lies on it can be dragged. */
export class Plot {
  readonly stage: Stage;
  readonly #grid: SVGGElement;
  #x: Axis;
  #y: Axis;
  readonly #layer: SVGGElement;
  readonly #shapes = new Map<string, SVGPathElement>();
  readonly #texts = new Map<string, SVGTextElement>();

  constructor(container: HTMLElement, label: string, extent: Extent, axes: { x: Axis; y: Axis }) {
    this.stage = new Stage(container, label, extent);
    this.#x = axes.x;
    this.#y = axes.y;
    this.#grid = this.stage.addLayer('axes');
    this.#layer = this.stage.addLayer('curves');
    this.#drawAxes();
  }

  /** What is drawn from now on lies between these axes. */
  setAxes({ x, y }: { x: Axis; y: Axis }): void {
    this.#x = x;
    this.#y = y;
    this.#drawAxes();
  }

  /** Where a pair of values lies on the stage. */
  placeOf(x: number, y: number): Place {
    const { left, right, bottom, top } = this.#edges();
    return {
      x: left + (right - left) * shareOf(this.#x, x),
      y: bottom + (top - bottom) * shareOf(this.#y, y),
    };
  }

  /** The value on the horizontal axis at a place, which may lie beyond its ends. */
  xAt({ x }: Place): number {
    const { left, right } = this.#edges();
    return valueAt(this.#x, (x - left) / (right - left));
  }

  line(name: string, points: readonly Place[]): void {
    this.#draw('line', name, pathOf(points.map(({ x, y }) => this.placeOf(x, y))));
  }

  band(name: string, points: readonly { x: number; low: number; high: number }[]): void {
    const upper = points.map(({ x, high }) => this.placeOf(x, high));
    const lower = points.map(({ x, low }) => this.placeOf(x, low)).toReversed();
    this.#draw('band', name, points.length > 0 ? `${pathOf([...upper, ...lower])} Z` : '');
  }

  /** Lines of no length: their round ends are the dots. */
  dots(name: string, points: readonly Place[]): void {
    const places = points.map(({ x, y }) => this.placeOf(x, y));
    this.#draw('dots', name, places.map(({ x, y }) => `M ${x} ${-y} h 0`).join(' '));
  }

  /** Writes beside a place, to its upper left by default. */
  text(name: string, text: string, x: number, y: number): void {
    let element = this.#texts.get(name);
    if (!element) {
      element = svg('text', { class: `curve-name ${name}` });
      this.#layer.append(element);
      this.#texts.set(name, element);
    }
    element.textContent = text;
    const place = this.placeOf(x, y);
    setAttributes(element, { x: place.x, y: -place.y - TICK_GAP });
  }

  #edges() {
    const { x, y } = this.stage.extent;
    return { left: MARGIN.left - x, right: x - MARGIN.right, bottom: MARGIN.bottom - y, top: y - MARGIN.top };
  }

  #draw(kind: string, name: string, path: string): void {
    const key = `${kind} ${name}`;
    let shape = this.#shapes.get(key);
    if (!shape) {
      shape = svg('path', { class: key });
      this.#layer.append(shape);
      this.#shapes.set(key, shape);
    }
    setAttributes(shape, { d: path });
  }

  #drawAxes(): void {
    const grid = this.#grid;
    grid.replaceChildren();
    const { left, right, bottom, top } = this.#edges();
    const write = (className: string, text: string, x: number, y: number) => {
      const element = svg('text', { class: className, x, y: -y, 'aria-hidden': 'true' });
      element.textContent = text;
      grid.append(element);
    };
    for (const tick of this.#y.ticks) {
      const { y } = this.placeOf(this.#x.minimum, tick);
      grid.append(svg('line', { x1: left, x2: right, y1: -y, y2: -y }));
      write('tick-y', this.#y.format(tick), left - TICK_GAP, y);
    }
    for (const tick of this.#x.ticks) {
      write('tick-x', this.#x.format(tick), this.placeOf(tick, this.#y.minimum).x, bottom - 2 * TICK_GAP);
    }
    write('title-y', this.#y.title, -this.stage.extent.x, top + 2.4 * TICK_GAP);
    write('title-x', this.#x.title, right, bottom - 4.6 * TICK_GAP);
  }
}

function shareOf({ minimum, maximum, scale }: Axis, value: number): number {
  const position = (of: number) => (scale === 'logarithmic' ? Math.log(of) : of);
  return (position(value) - position(minimum)) / (position(maximum) - position(minimum));
}

function valueAt({ minimum, maximum, scale }: Axis, share: number): number {
  return scale === 'logarithmic'
    ? minimum * (maximum / minimum) ** share
    : minimum + (maximum - minimum) * share;
}

function pathOf(places: readonly Place[]): string {
  return places.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'} ${x} ${-y}`).join(' ');
}
