import type { ParameterValues } from '../losses/loss.ts';
import { defaults, viewFields } from './state.ts';
import type { FieldValues, State } from './state.ts';

/** A change to try within a preset, with one press. */
export interface Experiment {
  name: string;
  /** What to watch while it is on; true of whatever else can be tried beside it. */
  watch: string;
  /** Each press begins the run again from the same start: points that have come to rest would show nothing of it. */
  fromStart?: true;
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
      {
        name: 'No negatives',
        watch:
          'Negatives are off: nothing pushes. Each pair draws together by the shortest way and rests where it met. The cloud stays as uneven as chance made it, and uniformity hardly moves; but pairs that nothing ties to others never become one point.',
        fromStart: true,
        values: {},
        parameters: { negatives: false },
      },
      {
        name: 'On a circle',
        watch:
          'A circle has less room than a sphere: partners pull together, everyone else pushes apart, and the pairs line up in equal steps. Uniformity falls to the floor of a circle, −1.575, which is higher than that of a sphere.',
        values: { dimension: 2 },
        parameters: {},
      },
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
      {
        name: 'Six classes',
        watch:
          'Six corners equally far from each other would take five dimensions. The classes shrink to six points as far apart as there is room: an octahedron on the sphere, a hexagon on a circle.',
        values: { classes: 6 },
        parameters: {},
      },
      {
        name: 'On a circle',
        watch:
          'On a circle four points cannot be equally far from each other: the classes rest at right angles, neighbours nearer than opposites, and the loss stays higher than on the sphere.',
        values: { dimension: 2 },
        parameters: {},
      },
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
      {
        name: 'Disjoint pairs',
        watch:
          'Negatives are off, and every pair is on its own: nothing ties pairs together. They meet two by two and stay there, at the same lowest loss; the cloud does not collapse.',
        values: { data: 'instances' },
        parameters: {},
      },
      {
        name: 'Four classes',
        watch:
          'Negatives are off. Each class is tied together and falls into one point; nothing ties the classes to each other, so four points are left, wherever chance put them.',
        values: { classes: 4 },
        parameters: {},
      },
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
      {
        name: 'Negatives on',
        watch:
          'Negatives are on: strangers push each other apart, and what had become one point spreads over the sphere. Uniformity falls, while partners stay together.',
        values: {},
        parameters: { negatives: true },
      },
      {
        name: 'Free points',
        watch:
          'Every embedding is its own parameter now, with no network between: whatever happens to one pair moves no other. Without negatives, pairs meet two by two, and nothing collapses.',
        values: { model: 'points' },
        parameters: {},
      },
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
      {
        name: 'Variance off',
        watch:
          'Without the variance to keep, the shortest way to make two views alike is to make everything alike: the cloud shrinks, and nothing holds it. Press again, and the variance pushes it back out.',
        values: {},
        parameters: { varianceMu: 0 },
      },
      {
        name: 'Covariance off',
        watch:
          'Every coordinate still keeps its standard deviation, but now one may repeat another: nothing stops the cloud from lying along a line or in a plane.',
        values: {},
        parameters: { covarianceNu: 0 },
      },
    ],
  },
  {
    key: 'dimensional-collapse',
    name: 'Dimensional collapse',
    watch:
      'Negatives are on, and still a dimension is lost. The encoder is linear and sees four coordinates; augmentation drowns two of them in noise. It learns to ignore those, and what is left of the sphere is a circle: uniformity stops at −1.575, the floor of a circle. With little noise it reaches that of a sphere.',
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
      {
        name: 'Little noise',
        watch:
          'With so little noise no coordinate is worth dropping: the encoder uses them all, and uniformity falls below the floor of a circle, towards that of the whole sphere.',
        values: { noise: 0.1 },
        parameters: {},
      },
      {
        name: '16 dimensions',
        watch:
          'The same with more axes: sixteen inputs, eight of them drowned in noise. Half of the dimensions are dropped; the effective rank on the notebook’s page Geometry tells how many are left.',
        values: { inputs: 16, axes: 8, dimension: 16 },
        parameters: {},
      },
    ],
  },
  {
    key: 'low-temperature',
    name: 'Temperature too low',
    watch:
      'Look at the lines: partners stop short of each other and freeze, though the loss reads almost 0. At temperature 0.01 a partner need only be slightly closer than the nearest stranger, and the gradient is gone. Raise it, and they meet.',
    values: { points: 48, optimizer: 'sgd', rate: 0.05 },
    parameters: { temperature: 0.01 },
    experiments: [
      {
        name: 'Temperature 0.2',
        watch:
          'At temperature 0.2 a partner has to be clearly closer than every stranger: the pull lasts until partners have met. Alignment falls to 0, though the loss reads higher than before.',
        values: {},
        parameters: { temperature: 0.2 },
      },
    ],
  },
  {
    key: 'platonic-solid',
    name: 'Platonic solid',
    watch:
      'Twelve pairs push each other away until they are the twelve corners of an icosahedron; nobody told them about geometry. Lines join nearest neighbours. Does a new seed find it, too?',
    values: { points: 24, rate: 0.03, edges: true },
    parameters: { temperature: 0.2 },
    experiments: [
      {
        name: '4 pairs',
        watch: 'Four pairs: each becomes one point, and the four are the corners of a tetrahedron.',
        values: { points: 8 },
        parameters: {},
      },
      {
        name: '6 pairs',
        watch: 'Six pairs: each becomes one point, and the six are the corners of an octahedron.',
        values: { points: 12 },
        parameters: {},
      },
      {
        name: '8 pairs: no cube',
        watch:
          'Eight pairs do not become a cube: two of its faces turn against each other by an eighth of a turn, because corners that are not opposite can be farther apart that way.',
        values: { points: 16 },
        parameters: {},
      },
    ],
  },
];

export function findPreset(key: string): Preset | undefined {
  return presets.find((preset) => preset.key === key);
}

type View = Pick<State, keyof typeof viewFields>;
const viewFieldNames = Object.keys(viewFields) as (keyof View)[];

/** The state a preset begins with. What belongs to the view is kept. */
export function presetState(preset: Preset, view: View = defaults): State {
  const viewed = Object.fromEntries(viewFieldNames.map((name) => [name, view[name]])) as View;
  return {
    ...defaults,
    ...preset.values,
    parameters: { ...preset.parameters },
    preset: preset.key,
    ...viewed,
  };
}
