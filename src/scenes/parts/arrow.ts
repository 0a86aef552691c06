import type { Place } from './stage.ts';
import { setAttributes, svg } from './svg.ts';

/** The length that no arrow exceeds, and the length of a vector that is drawn half as long, in the picture's units. */
const LONGEST = 0.5;
const HALFWAY = 1.5;
const HEAD = 0.055;

/**
 * A gradient that points downhill: where a point is pulled. Gradients grow like 1 / temperature, so lengths are
 * compressed: longer still means stronger, and only a gradient of exactly 0 has no arrow.
 */
export class Arrow {
  readonly element = svg('path', { class: 'arrow' });

  constructor(layer: SVGGElement, className: string) {
    this.element.classList.add(className);
    layer.append(this.element);
  }

  show(from: Place, vector: Place, clearance: number): void {
    const size = Math.hypot(vector.x, vector.y);
    this.element.toggleAttribute('hidden', size === 0);
    if (size === 0) return;
    const [x, y] = [vector.x / size, vector.y / size];
    const length = (LONGEST * size) / (size + HALFWAY);
    const at = (along: number, aside: number) =>
      `${from.x + (clearance + along) * x - aside * y} ${-(from.y + (clearance + along) * y + aside * x)}`;
    const head = Math.min(HEAD, length);
    const tip = Math.max(length, head);
    setAttributes(this.element, {
      d: `M ${at(0, 0)} L ${at(tip, 0)} M ${at(tip - head, head * 0.7)} L ${at(tip, 0)} L ${at(tip - head, -head * 0.7)}`,
    });
  }
}
