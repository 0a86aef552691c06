import type { Place } from './stage.ts';
import { setAttributes, svg } from './svg.ts';

/** The length that no arrow exceeds, and the length of a vector that is drawn half as long, in the picture's units. */
const LONGEST = 0.5;
const HALFWAY = 1.5;
const HEAD = 0.08;

/**
 * A gradient that points downhill: where a point is pulled. Gradients grow like 1 / temperature, so lengths are
 * compressed: longer still means stronger, and only a gradient of exactly 0, or one without any room, has no arrow.
 */
export class Arrow {
  readonly element = svg('g', { class: 'arrow' });
  // A line and a triangle: a browser that draws in software takes many times as long over one path with joins.
  readonly #shaft = svg('line');
  readonly #head = svg('polygon');

  constructor(layer: SVGGElement, className: string) {
    this.element.classList.add(className);
    this.element.append(this.#shaft, this.#head);
    layer.append(this.element);
  }

  /**
   * @param clearance between the point and where its arrow begins.
   * @param room that the arrow has: it ends where it would run into what pulls.
   */
  show(from: Place, vector: Place, clearance: number, room = LONGEST): void {
    const size = Math.hypot(vector.x, vector.y);
    const isHidden = size === 0 || room <= 0;
    this.element.toggleAttribute('hidden', isHidden);
    if (isHidden) return;
    const [x, y] = [vector.x / size, vector.y / size];
    const at = (along: number, aside: number) => ({
      x: from.x + (clearance + along) * x - aside * y,
      y: -(from.y + (clearance + along) * y + aside * x),
    });
    const tip = Math.min((LONGEST * size) / (size + HALFWAY), room);
    const head = Math.min(HEAD, tip);
    const [start, neck] = [at(0, 0), at(tip - head, 0)];
    setAttributes(this.#shaft, { x1: start.x, y1: start.y, x2: neck.x, y2: neck.y });
    const corners = [at(tip, 0), at(tip - head, head * 0.6), at(tip - head, -head * 0.6)];
    setAttributes(this.#head, { points: corners.map((corner) => `${corner.x},${corner.y}`).join(' ') });
  }
}
