import type { Engine } from '../engine/engine.ts';
import { settingsOf } from './configurations.ts';
import { cosinesBetween, descend } from './descend.ts';
import { atMost, equal } from './truth.ts';
import type { Truth } from './truth.ts';

/** The best of so many starts counts: a descent may end in a worse place. */
const STARTS = 3;
const STEPS = 600;

/** Of the corners of a solid: how many there are, and the cosine of two that are nearest. */
const SOLIDS: Record<number, { name: string; nearest: number; farther: readonly number[] }> = {
  4: { name: 'tetrahedron', nearest: -1 / 3, farther: [] },
  6: { name: 'octahedron', nearest: 0, farther: [-1] },
  12: { name: 'icosahedron', nearest: 1 / Math.sqrt(5), farther: [-1 / Math.sqrt(5), -1] },
};

const CUBE = 8;

/** Truth 9. */
export const platonicSolids: Truth = {
  number: 9,
  name: 'Platonic solids',
  sentence:
    'On the sphere NT-Xent takes 4 pairs to a tetrahedron, 6 to an octahedron and 12 to an icosahedron, whose cosines are -1 and ±1/√5. Eight pairs do not become a cube: something else costs less.',
  source: 'Cohn and Kumar 2007, Universally Optimal Distribution of Points on Spheres',
  watches: 'settings',
  applies(configuration) {
    const { loss, values } = settingsOf(configuration);
    const { dataset, dimension } = configuration.start;
    const pairs = dataset.points / 2;
    return (
      loss.kind === 'nt-xent' &&
      Boolean(values.negatives && values.normalize) &&
      Number(values.temperature) >= 0.2 &&
      dataset.kind === 'instances' &&
      dimension === 3 &&
      (pairs in SOLIDS || pairs === CUBE)
    );
  },
  async evaluate(engine, cloud) {
    const temperature = Number(settingsOf(cloud).values.temperature);
    const pairs = cloud.start.dataset.points / 2;
    const best = await bestOf(engine, pairs, temperature);
    const firsts = best.embeddings.filter((_, index) => Math.floor(index / 3) % 2 === 0);
    const cosines = cosinesBetween(firsts, 3);
    if (pairs === CUBE) {
      const corners = Float32Array.from({ length: 6 * CUBE }, (_, index) =>
        (Math.floor(index / 6) >> (index % 3)) & 1 ? 1 : -1,
      );
      const spec = { kind: 'nt-xent', temperature } as const;
      const cube = await engine.evaluate(spec, { dimension: 3, embeddings: corners, labels: labels(CUBE) });
      return [atMost('loss of 8 pairs at rest, beside that of a cube', best.loss, cube.loss, -1e-4)];
    }
    const { name, nearest, farther } = SOLIDS[pairs];
    const known = [nearest, ...farther];
    const strays = cosines.map((cosine) => Math.min(...known.map((one) => Math.abs(one - cosine))));
    return [
      equal(`cosine of neighbouring corners of the ${name}`, cosines.at(-1)!, nearest, 0.01),
      equal('farthest that any cosine is from those of the solid', Math.max(...strays), 0, 0.01),
    ];
  },
};

function labels(pairs: number): Uint32Array {
  return Uint32Array.from({ length: 2 * pairs }, (_, point) => point >> 1);
}

async function bestOf(engine: Engine, pairs: number, temperature: number) {
  let best: Awaited<ReturnType<typeof descend>> | undefined;
  for (let seed = 1; seed <= STARTS; seed++) {
    const found = await descend(
      engine,
      { kind: 'nt-xent', temperature },
      { labels: labels(pairs), dimension: 3 },
      { steps: STEPS, seed },
    );
    if (!best || found.loss < best.loss) best = found;
  }
  return best!;
}
