import type { DatasetKind } from '../data/dataset.ts';
import type { Activation } from '../engine/encoder.ts';
import type { ParameterValue, ParameterValues } from '../losses/loss.ts';
import type { PairVariant } from '../engine/webgpu/pair-variant.ts';
import { findLoss, losses } from '../losses/registry.ts';
import type { AnyLoss, LossKind } from '../losses/registry.ts';
import type { Geometry, OptimizerKind } from '../simulation/settings.ts';
import type { AnyField, BooleanField, ChoiceField, FieldValue, NumberField } from '../values/fields.ts';

export type EngineChoice = 'auto' | 'webgpu' | 'cpu' | 'reference';
/** Which kernels WebGPU runs for a loss over pairs. */
export type KernelChoice = 'auto' | PairVariant;
/** What is learned: every embedding on its own, or one network that makes them all. */
export type ModelChoice = 'points' | 'encoder';
export type ThemeChoice = 'auto' | 'light' | 'dark';
export type NotebookChoice =
  'closed' | 'loss' | 'truths' | 'geometry' | 'stuck' | 'floats' | 'profiler' | 'stress';

function number(field: Omit<NumberField, 'type'>): NumberField {
  return { type: 'number', ...field };
}

function choice<Choice extends string>(field: Omit<ChoiceField<Choice>, 'type'>): ChoiceField<Choice> {
  return { type: 'choice', ...field };
}

function boolean(field: Omit<BooleanField, 'type'>): BooleanField {
  return { type: 'boolean', ...field };
}

/** What fixes the start of a run: changing one of these starts a new run. */
export const startFields = {
  data: choice<DatasetKind>({
    default: 'instances',
    choices: { instances: 'instance pairs', classes: 'classes', ring: 'ring neighbours' },
    label: 'Positives',
    description:
      'Which points are positives of each other. Instances: two views of each thing. Classes: all of one class. Ring: neighbours on a ring.',
  }),
  points: number({
    default: 1024,
    minimum: 2,
    maximum: 65536,
    scale: 'logarithmic',
    integer: true,
    label: 'Points',
    description: 'How many embeddings there are.',
  }),
  classes: number({
    default: 4,
    minimum: 1,
    maximum: 64,
    scale: 'logarithmic',
    integer: true,
    label: 'Classes',
    description:
      'How many classes the points belong to. A class needs two points. The inputs of an encoder lie in as many clusters.',
  }),
  dimension: number({
    default: 3,
    minimum: 2,
    maximum: 512,
    scale: 'logarithmic',
    integer: true,
    label: 'Dimension',
    description: 'Coordinates of each embedding. Above 3 the picture shows the three principal axes (PCA).',
  }),
  model: choice<ModelChoice>({
    default: 'points',
    choices: { points: 'free points', encoder: 'encoder' },
    label: 'Model',
    description:
      'What is learned. Free points: every embedding is its own parameter. Encoder: one small network turns an input into each embedding, so whatever it learns from one pair moves all points.',
  }),
  inputs: number({
    default: 16,
    minimum: 2,
    maximum: 64,
    scale: 'logarithmic',
    integer: true,
    label: 'Input dimension',
    description: 'Coordinates of what the encoder sees. Each varies by about 1 from thing to thing.',
  }),
  layers: number({
    default: 1,
    minimum: 0,
    maximum: 2,
    scale: 'linear',
    integer: true,
    label: 'Hidden layers',
    description: 'Layers between input and embedding. Without any the encoder is linear.',
  }),
  width: number({
    default: 64,
    minimum: 1,
    maximum: 256,
    scale: 'logarithmic',
    integer: true,
    label: 'Width',
    description: 'Units of each hidden layer.',
  }),
  activation: choice<Activation>({
    default: 'relu',
    choices: { relu: 'ReLU', tanh: 'tanh', linear: 'none (linear)' },
    label: 'Activation',
    description: 'What the hidden units do with their sums.',
  }),
  seed: number({
    default: 1,
    minimum: 0,
    maximum: 4294967295,
    scale: 'linear',
    integer: true,
    label: 'Seed',
    description: 'The same seed gives the same start and the same batches.',
  }),
};

/** What can change within a run and never resets it. */
export const liveFields = {
  loss: choice<LossKind>({
    default: 'nt-xent',
    choices: Object.fromEntries(losses.map(({ kind, name }) => [kind, name])) as Record<LossKind, string>,
    label: 'Loss',
    description: 'What the points descend on.',
  }),
  pairs: number({
    default: 32768,
    minimum: 2,
    maximum: 32768,
    scale: 'logarithmic',
    integer: true,
    label: 'Batch pairs',
    description: 'Positive pairs in a batch. A batch of B pairs holds 2B points.',
  }),
  geometry: choice<Geometry>({
    default: 'sphere',
    choices: { sphere: 'sphere', plane: 'plane' },
    label: 'Geometry',
    description:
      'Sphere: every step ends on the unit sphere; an encoder divides its output by its length. Plane: points move freely.',
  }),
  optimizer: choice<OptimizerKind>({
    default: 'adam',
    choices: { sgd: 'SGD', momentum: 'momentum', adam: 'Adam' },
    label: 'Optimizer',
    description: 'How a gradient becomes a step.',
  }),
  rate: number({
    default: 0.03,
    minimum: 0.0001,
    maximum: 1000,
    scale: 'logarithmic',
    integer: false,
    label: 'Learning rate',
    description: 'The length of a step. Losses are means, so SGD wants a rate that grows with the batch.',
  }),
  speed: number({
    default: 60,
    minimum: 1,
    maximum: 1000,
    scale: 'logarithmic',
    integer: true,
    label: 'Steps per second',
    description: 'How many steps are asked for; the status line tells how many are taken.',
  }),
  noise: number({
    default: 0.3,
    minimum: 0,
    maximum: 5,
    scale: 'linear',
    integer: false,
    label: 'Noise',
    description:
      'How much two views of one thing differ, as a standard deviation; things themselves vary by about 1. Every step draws new noise; the picture keeps one draw.',
  }),
  axes: number({
    default: 64,
    minimum: 1,
    maximum: 64,
    scale: 'logarithmic',
    integer: true,
    label: 'On axes',
    description: 'How many of the input coordinates the noise is added to; the others stay as they are.',
  }),
  edges: boolean({
    default: false,
    label: 'Neighbour edges',
    description:
      'Joins each pair or class to its nearest neighbours, as they stand now: at most 64 of them, in 2 or 3 dimensions.',
  }),
};

/** How the run is computed and looked at: a choice of the person, which no preset touches. */
export const viewFields = {
  engine: choice<EngineChoice>({
    default: 'auto',
    choices: { auto: 'auto', webgpu: 'WebGPU', cpu: 'CPU', reference: 'reference (float64)' },
    label: 'Engine',
    description: 'What computes the run. Auto: WebGPU on a hardware adapter, else the CPU.',
  }),
  kernels: choice<KernelChoice>({
    default: 'auto',
    choices: {
      auto: 'the quickest',
      workgroup: 'workgroup',
      blocked: 'blocked',
      subgroup: 'subgroup',
      unrolled: 'unrolled',
    },
    label: 'Kernels',
    description:
      'How the WebGPU kernels of losses over pairs share what they load. The quickest: measured once per adapter and kind of batch; known for software.',
  }),
  links: boolean({
    default: true,
    label: 'Lines to partners',
    description: 'Draws a line between the points of a positive pair, for 256 pairs at most.',
  }),
  theme: choice<ThemeChoice>({
    default: 'auto',
    choices: { auto: 'as the system', light: 'light', dark: 'dark' },
    label: 'Theme',
    description: 'Light or dark.',
  }),
  notebook: choice<NotebookChoice>({
    default: 'closed',
    choices: {
      closed: 'closed',
      loss: 'Loss',
      truths: 'Truths',
      geometry: 'Geometry',
      stuck: 'Stuck?',
      floats: 'Floats',
      profiler: 'Profiler',
      stress: 'Stress',
    },
    label: 'Notebook',
    description: 'What is laid open beside the cloud.',
  }),
};

export const fields = { ...startFields, ...liveFields, ...viewFields };

export type FieldName = keyof typeof fields;
export type FieldValues = { [Name in FieldName]: FieldValue<(typeof fields)[Name]> };

/** Everything that a person can set: a link is this, and this is a run. */
export interface State extends FieldValues {
  /** The preset that the state grew out of. */
  preset: string;
  /** The loss's parameters that are not at the loss's own default. */
  parameters: ParameterValues;
}

export const fieldNames = Object.keys(fields) as FieldName[];

export function fieldOf(name: FieldName): AnyField {
  return fields[name];
}

export const defaults: FieldValues = Object.fromEntries(
  fieldNames.map((name) => [name, fieldOf(name).default]),
) as FieldValues;

export function lossOf(state: Pick<State, 'loss'>): AnyLoss {
  return findLoss(state.loss)!;
}

/** All parameters of the state's loss, its defaults filled in. */
export function parametersOf(state: Pick<State, 'loss' | 'parameters'>): ParameterValues {
  const entries = Object.entries(lossOf(state).parameters);
  return Object.fromEntries(
    entries.map(([name, parameter]) => [name, state.parameters[name] ?? parameter.default]),
  );
}

/** Whether going from one state to the other needs a new run rather than a change within the run. */
export function startsNewRun(from: State, to: State): boolean {
  if (from.preset !== to.preset) return true;
  return (Object.keys(startFields) as FieldName[]).some((name) => from[name] !== to[name]);
}

/** The parameters with one of them set, remembering only what is not the loss's default. */
export function withParameter(
  state: Pick<State, 'loss' | 'parameters'>,
  name: string,
  value: ParameterValue,
): ParameterValues {
  const { [name]: _replaced, ...others } = state.parameters;
  return value === lossOf(state).parameters[name].default ? others : { ...others, [name]: value };
}

/** The parameters as a geometry wants them: what keeps a distance compares places in the plane, directions on the sphere. */
export function parametersIn(geometry: Geometry, state: Pick<State, 'loss' | 'parameters'>): ParameterValues {
  const { skeleton, batch } = lossOf(state);
  const keepsDistance = skeleton === 'triplets' || (skeleton === 'distances' && batch === 'labelled');
  return keepsDistance ? withParameter(state, 'normalize', geometry === 'sphere') : state.parameters;
}

/** What of the parameters another loss has too: a temperature that was chosen outlives a change of loss. */
export function carriedOver(parameters: ParameterValues, to: LossKind): ParameterValues {
  const known = lossOf({ loss: to }).parameters;
  return Object.fromEntries(
    Object.entries(parameters).filter(
      ([name, value]) =>
        Object.hasOwn(known, name) &&
        typeof value === typeof known[name].default &&
        value !== known[name].default,
    ),
  );
}
