import { Stage } from '../parts/stage.ts';
import { setAttributes, svg } from '../parts/svg.ts';
import { meanOf, REPEATS } from './model.ts';

const LENGTH = 0.9;
const HEAD = 0.07;
/** From the arrows' origin to what is written around them. */
const RIM = 1.06;
/** How far the origin lies below the middle. */
const LOWERED = 0.48;

/**
 * A protractor: the gradient of all pairs points to the right, and those of mini-batches lie at their true angles to it.
 * The angle is all that there is to draw of a vector with many coordinates.
 */
export class GradientFan {
  readonly #arrows: SVGPathElement[];
  readonly #mean = svg('path', { class: 'gradient mean' });

  constructor(container: HTMLElement) {
    const { element } = new Stage(container, 'Angles of mini-batch gradients to the gradient of all pairs', {
      x: 1.45,
      y: 0.74,
    });
    element.classList.add('fan');
    const fan = svg('g', { transform: `translate(0 ${LOWERED})` });
    fan.append(
      svg('path', { class: 'guide', d: `M ${-LENGTH} 0 A ${LENGTH} ${LENGTH} 0 0 1 ${LENGTH} 0 Z` }),
    );
    this.#arrows = Array.from({ length: REPEATS }, () => svg('path', { class: 'gradient mini' }));
    const full = svg('path', { class: 'gradient full' });
    pointAt(full, 0);
    fan.append(...this.#arrows, this.#mean, full);
    for (const [degrees, anchor] of [
      [0, 'start'],
      [90, 'middle'],
      [180, 'end'],
    ] as const) {
      const radians = (degrees * Math.PI) / 180;
      const text = svg('text', {
        x: RIM * Math.cos(radians),
        y: -RIM * Math.sin(radians),
        style: `text-anchor: ${anchor}`,
      });
      text.textContent = `${degrees}°`;
      fan.append(text);
    }
    element.append(fan);
  }

  show(angles: readonly number[]): void {
    this.#arrows.forEach((arrow, repeat) => {
      arrow.toggleAttribute('hidden', repeat >= angles.length);
      if (repeat < angles.length) pointAt(arrow, angles[repeat]);
    });
    this.#mean.toggleAttribute('hidden', angles.length === 0);
    if (angles.length > 0) {
      setAttributes(this.#mean, {
        d: `M ${LENGTH - HEAD} 0 H ${LENGTH + HEAD}`,
        transform: `rotate(${-meanOf(angles)})`,
      });
    }
  }
}

function pointAt(arrow: SVGPathElement, degrees: number): void {
  setAttributes(arrow, {
    d: `M 0 0 H ${LENGTH} M ${LENGTH - HEAD} ${-HEAD * 0.7} L ${LENGTH} 0 L ${LENGTH - HEAD} ${HEAD * 0.7}`,
    transform: `rotate(${-degrees})`,
  });
}
