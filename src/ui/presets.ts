import type { ParameterValues } from '../losses/loss.ts';
import { defaults, viewFields } from './state.ts';
import type { FieldValues, State } from './state.ts';

/** A change to try within a preset, with one press. */
export interface Experiment {
  name: string;
  values: Preset['values'];
  parameters: ParameterValues;
}

export interface Preset {
  key: string;
  name: string;
  /** What to watch, and why it happens. */
  watch: string;
  values: Partial<Omit<FieldValues, keyof typeof viewFields>>;
  parameters: ParameterValues;
  experiments: readonly Experiment[];
}

/** Each shows one thing in five seconds. The first one is what an empty link opens. */
export const presets: readonly Preset[] = [
  {
    key: 'spread-out',
    name: 'Spread out',
    watch:
      'Lines join partners: two views of one thing. Partners pull together, everyone else pushes apart, until the pairs lie evenly all over the sphere. Alignment falls to 0, uniformity to its dashed floor.',
    values: { rate: 0.06 },
    parameters: { temperature: 0.03 },
    experiments: [
      { name: 'No negatives', values: {}, parameters: { negatives: false } },
      { name: 'On a circle', values: { dimension: 2 }, parameters: {} },
    ],
  },
  {
    key: 'classes',
    name: 'Classes',
    watch:
      'Points of one class pull together, classes push apart. Four classes shrink to four points, as far from each other as four points can be: the corners of a regular tetrahedron.',
    values: { data: 'classes', classes: 4, points: 512, loss: 'sup-con', rate: 0.05, edges: true },
    // At its default of 0.1 the classes stop pushing long before the tetrahedron is regular.
    parameters: { temperature: 0.3 },
    experiments: [
      { name: 'Six classes', values: { classes: 6 }, parameters: {} },
      { name: 'On a circle', values: { dimension: 2 }, parameters: {} },
    ],
  },
  {
    key: 'collapse',
    name: 'Collapse',
    watch:
      'Negatives are off: nothing pushes. Everyone is of one class, so positives tie everyone together, and all fall into one point, at the lowest loss there is. Only what is tied together can merge: pairs meet in pairs, four classes in four points.',
    values: { data: 'classes', classes: 1, points: 512, rate: 0.02 },
    parameters: { negatives: false },
    experiments: [
      { name: 'Disjoint pairs', values: { data: 'instances' }, parameters: {} },
      { name: 'Four classes', values: { classes: 4 }, parameters: {} },
    ],
  },
  {
    key: 'encoder-collapse',
    name: 'Collapse through an encoder',
    watch:
      'Negatives are off, and every pair is on its own: free points would only meet in pairs. But one network makes all embeddings, and the easiest way to make two views alike is to make everything alike. Turn the negatives on, and it spreads.',
    values: { model: 'encoder', points: 512, rate: 0.01 },
    parameters: { negatives: false },
    experiments: [
      { name: 'Free points', values: { model: 'points' }, parameters: {} },
      { name: 'Negatives on', values: {}, parameters: { negatives: true } },
    ],
  },
  {
    key: 'no-negatives',
    name: 'No negatives, no collapse',
    watch:
      'An encoder without any negatives, and still it does not collapse. VICReg draws the two views of a thing together, but every coordinate has to keep a standard deviation of 1 over the batch, and none may repeat another. Take the variance away, and nothing holds it.',
    values: { model: 'encoder', points: 512, loss: 'vicreg', geometry: 'plane', rate: 0.01 },
    parameters: { normalize: false },
    experiments: [
      { name: 'Variance off', values: {}, parameters: { varianceMu: 0 } },
      { name: 'Covariance off', values: {}, parameters: { covarianceNu: 0 } },
    ],
  },
  {
    key: 'dimensional-collapse',
    name: 'Dimensional collapse',
    watch:
      'Negatives are on, and still a dimension is lost. The encoder is linear and sees four coordinates; augmentation drowns two of them in noise. It learns to ignore those, and what is left of the sphere is a circle: uniformity stops at −1.57, the floor of a circle. With little noise it reaches that of a sphere.',
    values: {
      model: 'encoder',
      layers: 0,
      inputs: 4,
      axes: 2,
      noise: 3,
      points: 512,
      classes: 1,
      rate: 0.03,
    },
    parameters: { temperature: 0.1 },
    experiments: [
      { name: 'Little noise', values: { noise: 0.1 }, parameters: {} },
      { name: '16 dimensions', values: { inputs: 16, axes: 8, dimension: 16 }, parameters: {} },
    ],
  },
  {
    key: 'low-temperature',
    name: 'Temperature too low',
    watch:
      'Look at the lines: partners stop short of each other and freeze, though the loss reads almost 0. At temperature 0.01 a partner need only be slightly closer than the nearest stranger, and the gradient is gone. Raise it, and they meet.',
    values: { points: 48, optimizer: 'sgd', rate: 0.05 },
    parameters: { temperature: 0.01 },
    experiments: [{ name: 'Temperature 0.2', values: {}, parameters: { temperature: 0.2 } }],
  },
  {
    key: 'platonic-solid',
    name: 'Platonic solid',
    watch:
      'Twelve pairs push each other away until they are the twelve corners of an icosahedron; nobody told them about geometry. Lines join nearest neighbours. Does a new seed find it, too?',
    values: { points: 24, rate: 0.03, edges: true },
    parameters: { temperature: 0.2 },
    experiments: [
      { name: '4 pairs', values: { points: 8 }, parameters: {} },
      { name: '6 pairs', values: { points: 12 }, parameters: {} },
      { name: '8 pairs: no cube', values: { points: 16 }, parameters: {} },
    ],
  },
];

export function findPreset(key: string): Preset | undefined {
  return presets.find((preset) => preset.key === key);
}

/** The state a preset begins with. What belongs to the view is kept. */
export function presetState(preset: Preset, view: Pick<State, keyof typeof viewFields> = defaults): State {
  const { engine, links, theme, notebook } = view;
  return {
    ...defaults,
    ...preset.values,
    parameters: { ...preset.parameters },
    preset: preset.key,
    engine,
    links,
    theme,
    notebook,
  };
}
