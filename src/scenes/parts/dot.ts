import type { Place } from './stage.ts';
import { setAttributes, svg } from './svg.ts';

/** A point with a sign on it, in the picture's units. */
export function dot(className: string, radius: number, sign: string): SVGGElement {
  const group = svg('g', { class: `dot ${className}` });
  const text = svg('text', { 'font-size': 1.25 * radius, 'aria-hidden': 'true' });
  text.textContent = sign;
  group.append(svg('circle', { r: radius }), text);
  return group;
}

/** Writes the sign of a dot so far from its middle, where another dot covers it. */
export function moveSign(element: SVGGElement, { x, y }: Place): void {
  element.classList.toggle('signed-aside', x !== 0 || y !== 0);
  setAttributes(element.querySelector('text')!, { x, y: -y });
}
