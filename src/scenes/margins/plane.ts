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

/** Room for an arrow and what is written beside a point that has fled. */
const INSET = 0.36;

/** Where a point that has fled from the anchor is drawn: in its true direction, as far as the picture goes. */
export function pinned(anchor: Vector, place: Vector): Vector {
  const { x, y } = place;
  const share = Math.min(
    shareWithin(anchor.x, x, EXTENT.x - INSET),
    shareWithin(anchor.y, y, EXTENT.y - INSET),
  );
  if (share === 1) return place;
  return { x: anchor.x + share * (x - anchor.x), y: anchor.y + share * (y - anchor.y) };
}

/** How much of a way stays within the limit; an anchor that is near or beyond it has the limit a little farther out. */
function shareWithin(from: number, to: number, limit: number): number {
  const way = Math.abs(to - from);
  const room =
    Math.max(limit, Math.min(Math.abs(from) + 2 * DOT, limit + INSET - DOT)) - from * Math.sign(to - from);
  return way > room ? room / way : 1;
}

function within(value: number, limit: number): number {
  return Math.min(Math.max(value, -limit), limit);
}
