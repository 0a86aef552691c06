import { setAttributes, svg } from '../parts/svg.ts';
import { things } from './picture.ts';
import type { Colour, PictureView, Shape } from './picture.ts';

/** From the middle of a picture to its edges, in the stage's units. */
export const HALF = 0.13;
const CORNER = 0.08;

/** A picture drawn small, with a frame around it. */
export class PictureDrawing {
  readonly element: SVGGElement = svg('g', { class: 'drawn-picture' });
  readonly #content: SVGGElement = svg('g');
  readonly #veil = svg('rect', square());

  /** @param size in halves of a stage's unit, from the middle to the edges. */
  constructor(thing: number, view: PictureView, size = HALF) {
    const { background, shapes } = things[thing];
    this.#content.append(...shapes.map(drawn));
    // An svg of its own cuts off what lies beyond the edges.
    const inside = svg('svg', { ...square(), viewBox: '-1 -1 2 2' });
    inside.append(svg('rect', { ...square(), fill: css(background) }), this.#content, this.#veil);
    const scaled = svg('g', { transform: `scale(${size})` });
    scaled.append(inside, svg('rect', { ...square(), rx: CORNER, class: 'frame' }));
    this.element.append(scaled);
    this.show(view);
  }

  show({ zoom, x, y, rotation, brightness }: PictureView): void {
    setAttributes(this.#content, {
      transform: `scale(${zoom}) rotate(${-rotation}) translate(${-x} ${y})`,
    });
    setAttributes(this.#veil, {
      fill: brightness < 0 ? '#000' : '#fff',
      'fill-opacity': Math.abs(brightness),
    });
  }
}

function square() {
  return { x: -1, y: -1, width: 2, height: 2 };
}

function drawn(shape: Shape): SVGElement {
  if (shape.kind === 'ellipse') {
    const { x, y, radiusX, radiusY } = shape;
    return svg('ellipse', { cx: x, cy: -y, rx: radiusX, ry: radiusY, fill: css(shape.colour) });
  }
  const points = shape.corners.map(([x, y]) => `${x},${-y}`).join(' ');
  return svg('polygon', { points, fill: css(shape.colour) });
}

function css([red, green, blue]: Colour): string {
  return `rgb(${[red, green, blue].map((channel) => Math.round(255 * channel)).join(' ')})`;
}
