import type { DatasetKind } from '../../../src/data/dataset.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { LossSpec } from '../../../src/losses/registry.ts';
import type { Cloud } from '../../../src/simulation/geometry/cloud.ts';
import type { Start } from '../../../src/simulation/settings.ts';
import { HostSimulation } from '../../../src/simulation/host-simulation.ts';
import { truths } from '../../../src/truths/registry.ts';
import type { Reading } from '../../../src/truths/truth.ts';
import { gaussian } from '../batches.ts';
import type { Case, Group } from '../case.ts';
import type { Checks } from '../checks.ts';

interface Setting {
  loss: LossSpec;
  data?: DatasetKind;
  points?: number;
  classes?: number;
  dimension?: number;
  batchPairs?: number;
  encoder?: Start['encoder'];
}

/** A run of random points. */
export function cloudOf({
  loss,
  data,
  points = 96,
  classes = 4,
  dimension = 3,
  batchPairs,
  encoder,
}: Setting): Cloud {
  return {
    start: { seed: 1, dimension, dataset: { kind: data ?? 'instances', points, classes }, encoder },
    hyperparameters: {
      loss,
      batchPairs: batchPairs ?? Infinity,
      geometry: 'sphere',
      optimizer: 'adam',
      learningRate: 0.05,
    },
    step: 0,
    embeddings: gaussian(points, dimension, 20),
  };
}

/** The same run after `steps` on an engine, slower in the last third so that it comes to rest. */
async function trained(engine: Engine, cloud: Cloud, steps: number): Promise<Cloud> {
  const { start, hyperparameters } = cloud;
  const simulation = new HostSimulation(engine, start, hyperparameters);
  for (let step = 0; step < steps; step++) {
    if (step === Math.round((steps * 2) / 3)) {
      simulation.configure({ ...hyperparameters, learningRate: hyperparameters.learningRate / 50 });
    }
    await simulation.step();
  }
  return { ...cloud, step: steps, embeddings: simulation.snapshot().embeddings };
}

/** The truth says something about the cloud, and all that it says holds. */
async function holds(
  checks: Checks,
  engine: Engine,
  number: number,
  cloud: Cloud,
): Promise<readonly Reading[]> {
  const truth = truths.find((candidate) => candidate.number === number)!;
  checks.true('it applies', truth.applies(cloud), false);
  const readings = await truth.evaluate(engine, cloud);
  checks.true('it says something', readings.length > 0, 'no reading');
  for (const { name, measured, relation, expected, holds: right } of readings) {
    checks.true(`${name}: ${measured} ${relation} ${expected}`, right, measured);
  }
  return readings;
}

const perceptron: Start['encoder'] = { inputs: 8, layers: 1, width: 32, activation: 'relu' };

/** Settings that each truth is tried in, by its number. */
export const settings: Record<number, readonly Setting[]> = {
  1: [
    { loss: { kind: 'nt-xent', temperature: 0.01 } },
    { loss: { kind: 'nt-xent', temperature: 10 }, data: 'classes', points: 50 },
    { loss: { kind: 'nt-xent', temperature: 0.5 }, data: 'classes', points: 50, batchPairs: 7 },
    { loss: { kind: 'info-nce', temperature: 0.07 }, data: 'ring' },
    { loss: { kind: 'clip' } },
    { loss: { kind: 'n-pairs' } },
    { loss: { kind: 'sup-con', temperature: 0.1 }, points: 128 },
    { loss: { kind: 'sup-con', temperature: 0.1 }, data: 'classes', classes: 7 },
    { loss: { kind: 'decoupled' } },
  ],
  2: [0.07, 0.5, 10].map((temperature) => ({ loss: { kind: 'info-nce', temperature } })),
  3: [0.1, 0.5, 10].map((temperature) => ({ loss: { kind: 'nt-xent', temperature }, data: 'classes' })),
  4: [{ loss: { kind: 'nt-xent' }, encoder: perceptron }],
  5: [2, 3, 16, 128].map((dimension) => ({ loss: { kind: 'nt-xent' }, dimension })),
  6: [
    { loss: { kind: 'sup-con', temperature: 0.1 }, data: 'classes', dimension: 8 },
    { loss: { kind: 'sup-con', temperature: 0.5 }, data: 'classes', classes: 9, dimension: 8 },
  ],
  7: [{ loss: { kind: 'sup-con', temperature: 0.5 }, data: 'classes', dimension: 2 }],
  8: [
    { loss: { kind: 'info-nce', temperature: 0.2 }, points: 16, dimension: 7 },
    { loss: { kind: 'clip', logitScale: 100 }, points: 64, dimension: 40 },
  ],
  9: [4, 6, 12, 8].map((pairs) => ({ loss: { kind: 'nt-xent', temperature: 0.2 }, points: 2 * pairs })),
  10: [
    { loss: { kind: 'nt-xent', negatives: false }, encoder: perceptron },
    ...(['instances', 'classes', 'ring'] as const).map((data): Setting => ({
      loss: { kind: 'info-nce', negatives: false },
      data,
    })),
  ],
  11: [{ loss: { kind: 'info-nce', temperature: 0.1 } }, { loss: { kind: 'n-pairs' }, dimension: 20 }],
  12: [0.2, 1].map((margin) => ({ loss: { kind: 'triplet-margin', margin }, data: 'classes' })),
  13: [{ loss: { kind: 'nt-xent' }, encoder: { inputs: 16, layers: 0, width: 1, activation: 'linear' } }],
  14: [0.1, 0.5, 2].map((temperature) => ({
    loss: { kind: 'debiased', temperature },
    data: 'classes',
    points: 201,
    classes: 10,
  })),
  15: [{ loss: { kind: 'nt-xent' }, dimension: 64 }],
  16: [{ loss: { kind: 'info-nce', temperature: 0.01 }, points: 512 }],
  17: [{ loss: { kind: 'nt-xent', temperature: 0.5 } }, { loss: { kind: 'nt-xent', temperature: 0.001 } }],
  18: [{ loss: { kind: 'sig-lip' } }, { loss: { kind: 'sig-lip', logitBias: 0 }, dimension: 30 }],
};

/** These train from random points, hundreds of steps a time. */
const TRAININGS = [4, 7, 9, 10, 13];

const cases = Object.entries(settings).flatMap(([number, several]) =>
  several.map((setting, index) => {
    const trains = TRAININGS.includes(Number(number));
    return {
      trains,
      name: `truth ${number} with ${JSON.stringify(setting)}`,
      run: async (engine: Engine, checks: Checks) => {
        // A training waits for its device at every step: there, one of each truth has to do.
        if (trains && index > 0 && engine.backend === 'webgpu') return;
        await holds(checks, engine, Number(number), cloudOf(setting));
      },
    };
  }),
);

/** Bounds that a training has to reach, and not only keep. */
const reached: Case[] = (
  [
    [6, { loss: { kind: 'sup-con', temperature: 0.5 }, data: 'classes', points: 16 }],
    [8, { loss: { kind: 'info-nce', temperature: 0.5 }, points: 12, dimension: 5 }],
  ] as [number, Setting][]
).map(([number, setting]) => ({
  name: `truth ${number} is where a training ends: ${JSON.stringify(setting)}`,
  run: async (engine, checks) => {
    const rested = await trained(engine, cloudOf(setting), 900);
    for (const { name, measured, expected } of await holds(checks, engine, number, rested)) {
      checks.near(name, measured, expected, 2e-3);
    }
  },
}));

/** What contrastive learning must do, by the same functions that the page shows. */
export const truthGroup: Group = { name: 'truths', cases: cases.filter(({ trains }) => !trains) };

/** The truths about where trainings end, each with trainings of its own. */
export const trainingGroup: Group = {
  name: 'truths about trainings',
  cases: [...cases.filter(({ trains }) => trains), ...reached],
};
