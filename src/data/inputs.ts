import type { Dataset } from './dataset.ts';
import { normals, random4 } from './random.ts';

/** How the views that an encoder sees differ from the thing they are views of: noise on the first axes of its inputs. */
export interface Augmentation {
  /** Standard deviation; the things themselves have about 1 on every axis. */
  noise: number;
  /** How many axes it is added to. */
  axes: number;
}

const THING_STREAM = 5;
const CENTRE_STREAM = 9;

/** 'aug', and room for the axis behind it. */
const AUGMENTATION_STREAM = 0x61756700;

/** The step whose noise the picture shows, so that it does not flicker. */
export const SHOWN_STEP = 0xffffffff;

/** Standard deviations of the centres of classes, and of what belongs to a class: 1 together. */
const CENTRE_DEVIATION = 0.8;
const CLASS_DEVIATION = 0.6;

/**
 * What each point is a view of, in `inputs` coordinates: points x inputs, row-major, the same on every engine.
 * - instances: points 2p and 2p + 1 are views of thing p, which belongs to class p % classes.
 * - classes: every point is a thing of its own class.
 * - ring: neighbours on a circle in the first two coordinates.
 * Classes are Gaussian clusters around centres that are Gaussian themselves; one class alone is centred.
 */
export function thingsOf({ kind, points, classes }: Dataset, inputs: number, seed: number): Float32Array {
  const things = new Float32Array(points * inputs);
  if (kind === 'ring') {
    for (let point = 0; point < points; point++) {
      const angle = (2 * Math.PI * point) / points;
      things[point * inputs] = Math.SQRT2 * Math.cos(angle);
      things[point * inputs + 1] = Math.SQRT2 * Math.sin(angle);
    }
    return things;
  }
  const own = normals(points * inputs, seed, THING_STREAM);
  const centres = normals(classes * inputs, seed, CENTRE_STREAM);
  const [centreDeviation, deviation] = classes > 1 ? [CENTRE_DEVIATION, CLASS_DEVIATION] : [0, 1];
  for (let point = 0; point < points; point++) {
    const thing = kind === 'instances' ? point >> 1 : point;
    for (let axis = 0; axis < inputs; axis++) {
      things[point * inputs + axis] =
        centreDeviation * centres[(thing % classes) * inputs + axis] + deviation * own[thing * inputs + axis];
    }
  }
  return things;
}

/**
 * Views of some points at one step, points.length x inputs, row-major. Every step draws its own noise.
 * shaders/encoder-views.wgsl computes the same.
 * @param things all points x inputs, as thingsOf has them.
 */
export function viewsOf(
  things: Float32Array,
  inputs: number,
  points: ArrayLike<number>,
  { noise, axes }: Augmentation,
  seed: number,
  step: number,
): Float32Array {
  const views = new Float32Array(points.length * inputs);
  for (let row = 0; row < points.length; row++) {
    for (let axis = 0; axis < inputs; axis++) {
      const added =
        axis < axes && noise > 0
          ? noise * deviate(random4(points[row], seed, step, AUGMENTATION_STREAM + axis))
          : 0;
      views[row * inputs + axis] = things[points[row] * inputs + axis] + added;
    }
  }
  return views;
}

/** Mean, and inverse standard deviation, of a sum of eight numbers from 0 to 65,535. */
const MEAN = 262140;
const INVERSE_DEVIATION = Math.fround(1.8688124e-5);

/**
 * A deviate of mean 0 and standard deviation 1: the sum of the eight half words. Nearly normal (up to 4.9 away, fourth
 * moment 2.85 instead of 3), and free of logarithms and cosines, which every device rounds in its own way.
 */
function deviate(words: readonly number[]): number {
  let sum = 0;
  for (const word of words) sum += (word & 0xffff) + (word >>> 16);
  return Math.fround((sum - MEAN) * INVERSE_DEVIATION);
}
