import { normals } from '../data/random.ts';
import type { Engine } from '../engine/engine.ts';
import { nearest, occurrenceSkew } from '../simulation/geometry/nearest.ts';
import { atLeast, atMost } from './truth.ts';
import type { Truth } from './truth.ts';

const DIMENSION = 64;
const POINTS = 1000;
const NEIGHBOURS = 10;
/** How far the cone's axis lies from the origin, per coordinate, in standard deviations of its points. */
const OFF_CENTRE = 0.5;

/** Truth 15. */
export const hubness: Truth = {
  number: 15,
  name: 'Hubness',
  sentence:
    'In many dimensions a few points are near to everybody: the 10-occurrence of a Gaussian by distance is heavily skewed, that of an off-centre cone by cosine less, that of points all over the sphere hardly at all.',
  source: 'Radovanovic et al. 2010, Hubs in Space',
  watches: 'settings',
  applies: ({ start }) => start.dimension >= 8,
  async evaluate(engine) {
    const gaussian = normals(POINTS * DIMENSION, 5, 1);
    const cone = gaussian.map((value) => value + OFF_CENTRE);
    const byDistance = await skewOf(engine, gaussian, 'distance');
    const ofCone = await skewOf(engine, cone, 'cosine');
    const ofSphere = await skewOf(engine, gaussian, 'cosine');
    return [
      atLeast('skew of a Gaussian by distance', byDistance, 3, 0),
      atLeast('skew of an off-centre cone by cosine', ofCone, 1, 0),
      atMost('skew of the uniform sphere', ofSphere, 0.6, 0),
    ];
  },
};

/** Distance as products: |x - y|^2 = |x|^2 + |y|^2 - 2 x.y, of which |x|^2 is the same for all y. */
async function skewOf(
  engine: Engine,
  embeddings: Float32Array,
  metric: 'cosine' | 'distance',
): Promise<number> {
  const labels = new Uint32Array(POINTS);
  const batch = { dimension: DIMENSION, embeddings, labels };
  if (metric === 'cosine') return skewOfMatrix(await engine.similarity(batch));
  const products = await engine.similarity(batch, { metric: 'dot' });
  return skewOfMatrix(
    products.map((product, index) => 2 * product - products[(index % POINTS) * (POINTS + 1)]),
  );
}

function skewOfMatrix(nearness: Float32Array): number {
  return occurrenceSkew(nearest(nearness, POINTS, NEIGHBOURS), NEIGHBOURS);
}
