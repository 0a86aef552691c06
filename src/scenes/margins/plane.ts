import type { Vector } from '../circle.ts';

/** What the pictures of this scene share, in their own units. */
export const EXTENT = { x: 1.5, y: 1.05 };
export const DOT = 0.075;
/** Where an arrow begins, from the middle of its point. */
export const CLEARANCE = 0.1;
/** How far an arrow key moves a point. */
export const KEY_STEP = 0.05;

/** The nearest place at which a point is still seen whole. */
export function withinSight({ x, y }: Vector): Vector {
  return { x: within(x, EXTENT.x - DOT), y: within(y, EXTENT.y - DOT) };
}

function within(value: number, limit: number): number {
  return Math.min(Math.max(value, -limit), limit);
}
