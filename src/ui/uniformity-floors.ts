import { uniformityFloor } from '../simulation/geometry/floor.ts';
import type { ReferenceLine } from './reference-line.ts';
import { datasetOf } from './run-settings.ts';
import { lossOf, parametersOf } from './state.ts';
import type { State } from './state.ts';

/** So many places on the sphere in 3-D come within 0.002 of an even spread. */
const EVEN_PLACES = 32;

/** Corners of the icosahedron, and its cosine between neighbours. */
const ICOSAHEDRON = 12;
const ICOSAHEDRON_COSINE = 1 / Math.sqrt(5);

/**
 * The lowest uniformity of the present run once its positives have met, the aim first; none where the loss does not
 * spread points over the sphere, or where the lowest is not known.
 */
export function uniformityFloors(state: State): ReferenceLine[] {
  const { negatives, normalize } = parametersOf(state);
  if (!lossOf(state).spreads || negatives === false || normalize === false) return [];
  const { dimension } = state;
  const dataset = datasetOf(state);
  // Neighbours on a ring are tied to one another: they cannot all meet and stay apart.
  if (dataset.kind === 'ring') return [];
  if (state.model === 'encoder') return dataset.kind === 'classes' ? [] : floorsOfEncoder(state);
  const places = dataset.kind === 'classes' ? dataset.classes : Math.floor(dataset.points / 2);
  const floor = floorOf(places, dimension);
  return floor ? [floor] : [];
}

/** One network spreads its inputs; a linear one that drops axes is left with a circle. */
function floorsOfEncoder({ dimension, layers, points }: State): ReferenceLine[] {
  if (dimension > 3 || points < 2 * EVEN_PLACES) return [];
  const circle = { name: 'circle', value: uniformityFloor(2) };
  if (dimension === 2) return [circle];
  const sphere = { name: 'sphere', value: uniformityFloor(3) };
  return layers === 0 ? [sphere, circle] : [sphere];
}

/**
 * Of points in so many places, each with itself included. Among all choices of places the kernel exp(-2 |x - y|^2) has its
 * lowest mean at the regular simplex, the cross-polytope, the icosahedron, and at even steps on a circle: Cohn and Kumar
 * 2007, Universally Optimal Distribution of Points on Spheres.
 */
function floorOf(places: number, dimension: number): ReferenceLine | undefined {
  if (places < 2) return undefined;
  /** @param others cosines to all the other places, with how many have each. */
  const floor = (name: string, others: readonly (readonly [cosine: number, count: number])[]) => {
    const sum = others.reduce((total, [cosine, count]) => total + count * Math.exp(4 * cosine - 4), 1);
    return { name, value: Math.log(sum / places) };
  };
  if (places <= dimension + 1) {
    return floor(simplexName(places), [[-1 / (places - 1), places - 1]]);
  }
  if (dimension === 2) {
    if (places >= EVEN_PLACES) return { name: 'circle', value: uniformityFloor(2) };
    const steps = Array.from({ length: places - 1 }, (_, step) => step + 1);
    return floor(
      `${places} even steps`,
      steps.map((step) => [Math.cos((2 * Math.PI * step) / places), 1] as const),
    );
  }
  if (places === 2 * dimension) {
    return floor(dimension === 3 ? 'octahedron' : 'cross-polytope', [
      [0, places - 2],
      [-1, 1],
    ]);
  }
  if (dimension > 3) return undefined;
  if (places === ICOSAHEDRON) {
    return floor('icosahedron', [
      [ICOSAHEDRON_COSINE, 5],
      [-ICOSAHEDRON_COSINE, 5],
      [-1, 1],
    ]);
  }
  return places >= EVEN_PLACES ? { name: 'sphere', value: uniformityFloor(3) } : undefined;
}

function simplexName(corners: number): string {
  return { 2: 'two ends', 3: 'triangle', 4: 'tetrahedron' }[corners] ?? `simplex of ${corners}`;
}
