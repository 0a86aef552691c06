import type { Batch } from '../../../src/engine/engine.ts';
import type { AnyLoss, LossSpec } from '../../../src/losses/registry.ts';
import { losses } from '../../../src/losses/registry.ts';
import type { Regime, Structure } from '../batches.ts';
import { labelled, paired, partlySimilar, STRUCTURES } from '../batches.ts';
import type { Case, Group } from '../case.ts';
import { agreesWithReference } from '../compare.ts';
import { clearOfHinges } from '../hinges.ts';
import { atTemperature, choices, extremes, variations } from '../specs.ts';

const TEMPERATURES = [0.01, 0.07, 0.5, 10];

/** Sizes and dimensions on either side of what tiles and workgroups divide into. */
const SHAPES: readonly Shape[] = [
  [1, 5],
  [2, 1],
  [2, 16],
  [3, 2],
  [3, 128],
  [63, 3],
  [64, 64],
  [65, 512],
  [257, 1],
  [257, 16],
];
type Shape = readonly [size: number, dimension: number];

/** Shapes that meet every parameter and every label structure. */
const THOROUGH_SHAPES: readonly Shape[] = [
  [3, 5],
  [65, 16],
];

const TRAINED_SHAPES: readonly Shape[] = [
  [2, 16],
  [33, 64],
];

/** Every loss of the registry against the float64 reference, so that a new loss is covered by being registered. */
export const lossGroups: Group[] = losses.map((loss) => ({
  name: `${loss.kind} agrees with the reference`,
  cases: casesOf(loss),
}));

function casesOf(loss: AnyLoss): Case[] {
  const cases: Case[] = [];
  const add = (
    shape: Shape,
    regime: Regime,
    specs: LossSpec[],
    structure: Structure = 'pairs',
    extra = 0,
  ) => {
    const [size, dimension] = shape;
    const batchName =
      loss.batch === 'labelled' ? structure : extra > 0 ? `with ${extra} extra negatives` : 'pairs';
    const draw = (index: number): Batch =>
      loss.batch === 'labelled'
        ? labelled(structure, size, dimension, regime, index)
        : paired(size, dimension, regime, extra, index);
    const isRefused =
      loss.needsNegatives && (structure === 'one class' || (structure === 'pairs' && size === 1));
    for (const spec of isRefused ? [] : specs) {
      const { kind, ...parameters } = spec;
      cases.push({
        name: `${kind} ${JSON.stringify(parameters)}, size ${size}, dimension ${dimension}, ${regime}, ${batchName}`,
        run: async (engine, checks) => {
          const batch = await clearOfHinges(spec, draw);
          await agreesWithReference(checks, engine, spec, batch, { trained: regime === 'trained' });
        },
      });
    }
  };

  for (const shape of SHAPES) {
    // Of the triplets of many pairs some always lie at the corner of a hinge.
    const structure = loss.skeleton === 'triplets' && shape[0] > 64 ? 'few pairs' : 'pairs';
    add(shape, 'random', atTemperatures(loss, {}), structure);
  }
  if (loss.takesSimilar) cases.push(...similarCases(loss));
  for (const shape of THOROUGH_SHAPES) {
    for (const variation of variations(loss)) {
      const regime = variation.normalize === false ? 'raw' : 'random';
      add(shape, regime, atTemperatures(loss, variation));
    }
    for (const extreme of extremes(loss)) add(shape, 'random', atTemperatures(loss, extreme));
    if (loss.batch === 'labelled') {
      for (const structure of STRUCTURES) {
        for (const choice of choices(loss)) add(shape, 'random', atTemperatures(loss, choice), structure);
      }
    }
    if (loss.extraNegatives) {
      for (const extra of [1, 64, 300]) {
        add(shape, 'random', atTemperatures(loss, {}), 'pairs', extra);
        add(shape, 'raw', atTemperatures(loss, { normalize: false }), 'pairs', extra);
      }
    }
  }
  for (const shape of TRAINED_SHAPES) {
    for (const choice of choices(loss)) {
      add(shape, 'trained', atTemperatures(loss, choice, [0.01, 0.03, 0.07]));
    }
  }
  return cases;
}

/** Pairs that are similar or not, for a loss that otherwise takes one set. */
function similarCases(loss: AnyLoss): Case[] {
  return SHAPES.flatMap(([size, dimension]) =>
    variations(loss).map((variation): Case => {
      const spec = { kind: loss.kind, ...variation } as LossSpec;
      const regime = variation.normalize === false ? 'raw' : 'random';
      const draw = (index: number) => partlySimilar(paired(size, dimension, regime, 0, index));
      return {
        name: `${loss.kind} ${JSON.stringify(variation)}, ${size} similar and dissimilar pairs, dimension ${dimension}`,
        run: async (engine, checks) => {
          await agreesWithReference(checks, engine, spec, await clearOfHinges(spec, draw));
        },
      };
    }),
  );
}

/** One specification per temperature; one alone for losses that know none. */
function atTemperatures(loss: AnyLoss, parameters: object, temperatures = TEMPERATURES): LossSpec[] {
  const spec = { kind: loss.kind, ...parameters } as LossSpec;
  const hasTemperature = 'temperature' in loss.parameters || 'logitScale' in loss.parameters;
  return hasTemperature ? temperatures.map((temperature) => atTemperature(spec, temperature)) : [spec];
}
