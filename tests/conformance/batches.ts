import { normals } from '../../src/data/random.ts';
import type { LabelledBatch, PairedBatch } from '../../src/engine/engine.ts';

/** Who is whose positive in one labelled set. */
export type Structure = 'pairs' | 'few pairs' | 'classes' | 'one class' | 'singletons' | 'a class of one';

export const STRUCTURES: readonly Structure[] = [
  'pairs',
  'classes',
  'one class',
  'singletons',
  'a class of one',
];

/** How the points lie: anywhere, tightly around their class as after training, or short and not normalized. */
export type Regime = 'random' | 'trained' | 'raw';

/** Two views of `size` things, or `size` points in classes. */
export function labels(structure: Structure, size: number): Uint32Array {
  switch (structure) {
    case 'pairs':
      return Uint32Array.from({ length: 2 * size }, (_, point) => point % size);
    case 'few pairs':
      return Uint32Array.from({ length: 2 * size }, (_, point) => (point % size < 8 ? point % size : point));
    case 'classes':
      return Uint32Array.from({ length: size }, (_, point) => point % 5);
    case 'one class':
      return new Uint32Array(size).fill(7);
    case 'singletons':
      return Uint32Array.from({ length: size }, (_, point) => size - point);
    case 'a class of one':
      // The largest label there is: an engine that keeps one value for itself gets it wrong.
      return Uint32Array.from({ length: size }, (_, point) => (point === 0 ? 0xffffffff : point % 3));
  }
}

export function labelled(
  structure: Structure,
  size: number,
  dimension: number,
  regime: Regime,
  draw = 0,
): LabelledBatch {
  const classes = labels(structure, size);
  return { dimension, embeddings: around(classes, dimension, regime, 1, draw), labels: classes };
}

export function paired(
  size: number,
  dimension: number,
  regime: Regime,
  negatives = 0,
  draw = 0,
): PairedBatch {
  const things = Uint32Array.from({ length: size }, (_, thing) => thing);
  const batch: PairedBatch = {
    dimension,
    queries: around(things, dimension, regime, 2, draw),
    keys: around(things, dimension, regime, 3, draw),
  };
  if (negatives > 0) {
    const others = Uint32Array.from({ length: negatives }, (_, other) => size + other);
    batch.negatives = around(others, dimension, regime, 4);
  }
  return batch;
}

/** The same towers, told which pairs are similar: two of three. */
export function partlySimilar(batch: PairedBatch): PairedBatch {
  const pairs = batch.queries.length / batch.dimension;
  return { ...batch, similar: Uint8Array.from({ length: pairs }, (_, pair) => Number(pair % 3 !== 1)) };
}

const SEED = 20_240_607;
const CENTRES = 1000;

/** Vectors around one centre per label. */
function around(
  classes: Uint32Array,
  dimension: number,
  regime: Regime,
  stream: number,
  draw = 0,
): Float32Array {
  const noise = normals(classes.length * dimension, SEED + draw, stream);
  const lengths = normals(classes.length, SEED, stream + 500);
  const vectors = new Float32Array(noise.length);
  const spread = regime === 'trained' ? 0.02 : 1;
  classes.forEach((label, point) => {
    const centre = normals(dimension, SEED, CENTRES + label);
    const length = regime === 'raw' ? 0.5 / Math.sqrt(dimension) : Math.exp(lengths[point]);
    for (let axis = 0; axis < dimension; axis++) {
      const index = point * dimension + axis;
      vectors[index] = length * (centre[axis] + spread * noise[index]);
    }
  });
  return vectors;
}

/** Gaussian vectors, for cases that want no classes. */
export function gaussian(count: number, dimension: number, stream: number): Float32Array {
  return normals(count * dimension, SEED, 100 + stream);
}

/** `count` copies of one vector. */
export function copies(vector: readonly number[], count: number): Float32Array {
  return Float32Array.from({ length: count * vector.length }, (_, index) => vector[index % vector.length]);
}
