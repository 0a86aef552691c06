import { random4, unitInterval } from '../../data/random.ts';
import { wrapped } from '../circle.ts';
import type { Degrees } from '../circle.ts';
import { PLAIN } from './picture.ts';
import type { PictureView } from './picture.ts';
import { PICTURES } from './ties.ts';

/** Stream of the generator. */
const AUGMENTATION = 0x6175676d;

/** A random crop, rotation and brightness; the same for the same numbers. */
export function augment(seed: number, picture: number, step: number): PictureView {
  const [a, b, c, d] = random4(picture, seed, step, AUGMENTATION).map(unitInterval);
  const zoom = 1 + 0.5 * a;
  // The crop stays within the picture.
  const room = 1 - 1 / zoom;
  return {
    zoom,
    x: room * (2 * b - 1),
    y: room * (2 * ((16 * b) % 1) - 1),
    rotation: 50 * (c - 0.5),
    brightness: 0.7 * (d - 0.5),
  };
}

/** Seeds: of the views that there are at first, and of those that a reader asks for. */
const AT_FIRST = 1;
const ON_DEMAND = 2;
/** Older views that stay in sight. */
const GHOSTS = 6;

/** Two pictures show each thing. */
export function thingOf(picture: number): number {
  return Math.floor(picture / 2);
}

/** The other picture of the same thing. */
export function partnerOf(picture: number): number {
  return picture % 2 === 0 ? picture + 1 : picture - 1;
}

/** Every picture as it is now: one plain and one augmented of each thing; the anchor's partner is its newest view. */
export function viewsOf({ anchor, views }: { anchor: number; views: number }): PictureView[] {
  return Array.from({ length: PICTURES }, (_, picture) => {
    if (views > 0 && picture === partnerOf(anchor)) return augment(ON_DEMAND, anchor, views);
    return picture % 2 === 0 ? PLAIN : augment(AT_FIRST, picture, 0);
  });
}

/** The views of the anchor that were asked for before its newest, the newest of them first. */
export function olderViewsOf({ anchor, views }: { anchor: number; views: number }): PictureView[] {
  const count = Math.min(Math.max(views - 1, 0), GHOSTS);
  return Array.from({ length: count }, (_, age) => augment(ON_DEMAND, anchor, views - 1 - age));
}

/** Where a view lands that no encoder knows anything of: anywhere. */
export function randomAngle(views: number): Degrees {
  return wrapped(360 * unitInterval(random4(views, 0, ON_DEMAND, AUGMENTATION)[0]));
}
