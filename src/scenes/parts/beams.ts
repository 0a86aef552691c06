import type { Place } from './stage.ts';
import { setAttributes, svg } from './svg.ts';

/** The width of a beam that holds all of the probability, in the picture's units. */
const WIDEST = 0.3;

/** From one point to others: each beam is as wide as its share of the whole. */
export class Beams {
  readonly #beams: SVGLineElement[];

  constructor(layer: SVGGElement, classNames: readonly string[]) {
    this.#beams = classNames.map((name) => svg('line', { class: `beam ${name}` }));
    layer.append(...this.#beams);
  }

  show(from: Place, targets: readonly Place[], shares: ArrayLike<number>): void {
    this.#beams.forEach((beam, index) => {
      const { x, y } = targets[index];
      setAttributes(beam, { x1: from.x, y1: -from.y, x2: x, y2: -y, 'stroke-width': WIDEST * shares[index] });
    });
  }
}
