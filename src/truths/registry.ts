import { collapsePlateau } from './collapse.ts';
import { connectivity, dimensionalCollapse, uniformityTolerance } from './encoder.ts';
import { falseNegatives } from './false-negatives.ts';
import { hubness } from './hubness.ts';
import { informationBound } from './information.ts';
import { overflow } from './overflow.ts';
import { brokenSimplex, classSimplex, instanceSimplex } from './simplex.ts';
import { hardness, pullEqualsPush } from './softmax.ts';
import { platonicSolids } from './solids.ts';
import { exactStreaming, sigLipSum } from './streaming.ts';
import { tripletMargin } from './triplet.ts';
import type { Truth } from './truth.ts';
import { uniformFloor } from './uniformity.ts';

/** Every truth there is, by its number. */
export const truths: readonly Truth[] = [
  collapsePlateau,
  pullEqualsPush,
  hardness,
  uniformityTolerance,
  uniformFloor,
  classSimplex,
  brokenSimplex,
  instanceSimplex,
  platonicSolids,
  connectivity,
  informationBound,
  tripletMargin,
  dimensionalCollapse,
  falseNegatives,
  hubness,
  exactStreaming,
  overflow,
  sigLipSum,
];
