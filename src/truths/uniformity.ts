import { normals } from '../data/random.ts';
import type { Engine } from '../engine/engine.ts';
import { uniformityFloor } from '../simulation/geometry/floor.ts';
import { copies } from './configurations.ts';
import { atLeast, equal } from './truth.ts';
import type { Reading, Truth } from './truth.ts';

/** Points of the sets that are made here. */
const POINTS = 512;

/** log mean exp(-2 |x - y|^2) over all ordered pairs, i = j included, from the engine's cosines: |x - y|^2 = 2 - 2 s. */
async function uniformityOf(engine: Engine, embeddings: Float32Array, dimension: number): Promise<number> {
  const labels = new Uint32Array(embeddings.length / dimension);
  const similarity = await engine.similarity({ dimension, embeddings, labels });
  return Math.log(similarity.reduce((sum, cosine) => sum + Math.exp(4 * cosine - 4), 0) / similarity.length);
}

/** Points spread evenly: over the circle in equal steps, over the sphere along a spiral of equal areas. */
function evenly(dimension: 2 | 3): Float32Array {
  const golden = Math.PI * (3 - Math.sqrt(5));
  return Float32Array.from({ length: POINTS * dimension }, (_, index) => {
    const point = Math.floor(index / dimension);
    const height = dimension === 2 ? 0 : 1 - (2 * point + 1) / POINTS;
    const angle = dimension === 2 ? (2 * Math.PI * point) / POINTS : golden * point;
    const radius = Math.sqrt(1 - height ** 2);
    return [radius * Math.cos(angle), radius * Math.sin(angle), height][index % dimension];
  });
}

/** Truth 5. */
export const uniformFloor: Truth = {
  number: 5,
  name: 'Uniform floor',
  sentence:
    'Uniformity cannot fall below that of points spread evenly over the sphere: -1.5750 on the circle, -2.0798 on the sphere in 3-D, towards -4 in many dimensions. Collapsed, it is 0.',
  source: 'Wang and Isola 2020, Alignment and Uniformity on the Hypersphere',
  watches: 'cloud',
  applies: () => true,
  async evaluate(engine, { start: { dimension }, embeddings }) {
    const floor = uniformityFloor(dimension);
    const readings: Reading[] = [
      atLeast('uniformity of these points', await uniformityOf(engine, embeddings, dimension), floor, 1e-6),
      equal(
        'of coinciding points',
        await uniformityOf(engine, copies(Array(dimension).fill(0.5), POINTS), dimension),
        0,
        1e-5,
      ),
    ];
    if (dimension <= 3) {
      const even = await uniformityOf(engine, evenly(dimension as 2 | 3), dimension);
      readings.push(equal('of evenly spread points', even, floor, dimension === 2 ? 1e-5 : 2e-3));
    } else {
      // A random set is the floor on average, but for its own diagonal.
      const random = await uniformityOf(engine, normals(POINTS * dimension, 11, 1), dimension);
      const expected = Math.log(1 / POINTS + (1 - 1 / POINTS) * Math.exp(floor));
      readings.push(equal('of random directions', random, expected, 0.02));
    }
    return readings;
  },
};
