import { Stage } from '../parts/stage.ts';
import { setAttributes, svg } from '../parts/svg.ts';
import { REPEATS } from './model.ts';

const LENGTH = 0.9;
const HEAD = 0.07;

/** The gradient of all pairs, pointing to the right, and those of mini-batches at their true angles to it. */
export class GradientFan {
  readonly #arrows: SVGPathElement[];

  constructor(container: HTMLElement) {
    const { element } = new Stage(container, 'Gradients of mini-batches around the gradient of all pairs', {
      x: 1.1,
      y: 1,
    });
    element.classList.add('fan');
    this.#arrows = Array.from({ length: REPEATS }, () => svg('path', { class: 'gradient mini' }));
    const full = svg('path', { class: 'gradient full' });
    pointAt(full, 0);
    element.append(...this.#arrows, full);
  }

  show(angles: readonly number[]): void {
    this.#arrows.forEach((arrow, repeat) => {
      arrow.toggleAttribute('hidden', repeat >= angles.length);
      if (repeat < angles.length) pointAt(arrow, angles[repeat]);
    });
  }
}

function pointAt(arrow: SVGPathElement, degrees: number): void {
  setAttributes(arrow, {
    d: `M 0 0 H ${LENGTH} M ${LENGTH - HEAD} ${-HEAD * 0.7} L ${LENGTH} 0 L ${LENGTH - HEAD} ${HEAD * 0.7}`,
    transform: `rotate(${-degrees})`,
  });
}
