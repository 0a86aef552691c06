import type { ParameterValues } from '../losses/loss.ts';
import { defaults, viewFields } from './state.ts';
import type { FieldValues, State } from './state.ts';

export interface Preset {
  key: string;
  name: string;
  /** What to watch, in one sentence. */
  watch: string;
  values: Partial<Omit<FieldValues, keyof typeof viewFields>>;
  parameters: ParameterValues;
}

/** Each shows one thing in five seconds. The first one is what an empty link opens. */
export const presets: readonly Preset[] = [
  {
    key: 'spread-out',
    name: 'Spread out',
    watch:
      'Partners find each other (the links shrink) while everyone else pushes away, until the pairs lie evenly all over the sphere: alignment falls to 0, uniformity to its floor.',
    values: {},
    parameters: { temperature: 0.03 },
  },
  {
    key: 'classes',
    name: 'Classes',
    watch:
      'Four classes contract to four points, as far from each other as they can be: the corners of a regular tetrahedron.',
    values: { data: 'classes', classes: 4, points: 512, loss: 'sup-con', rate: 0.02 },
    parameters: {},
  },
  {
    key: 'collapse',
    name: 'Collapse',
    watch:
      'Without negatives only attraction is left, and one class contracts to one point: a collapse, and a loss that could not be lower. (Instances are disjoint pairs; those would merge only pairwise.)',
    values: { data: 'classes', classes: 1, points: 512, rate: 0.02 },
    parameters: { negatives: false },
  },
  {
    key: 'low-temperature',
    name: 'Temperature too low',
    watch:
      'The loss is almost 0, yet partners stop short of each other (the links) and lie unevenly: at 0.01, whoever is barely told apart feels no force. Raise the temperature and see them meet.',
    values: { points: 48, optimizer: 'sgd', rate: 0.05 },
    parameters: { temperature: 0.01 },
  },
  {
    key: 'platonic-solid',
    name: 'Platonic solid',
    watch:
      'Twelve pairs find the twelve corners of an icosahedron; nobody told them about geometry. New seed: does it find it again?',
    values: { points: 24, rate: 0.03 },
    parameters: { temperature: 0.2 },
  },
];

export function findPreset(key: string): Preset | undefined {
  return presets.find((preset) => preset.key === key);
}

/** The state a preset begins with. What belongs to the view is kept. */
export function presetState(preset: Preset, view: Pick<State, keyof typeof viewFields> = defaults): State {
  const { engine, links, theme } = view;
  return {
    ...defaults,
    ...preset.values,
    parameters: { ...preset.parameters },
    preset: preset.key,
    engine,
    links,
    theme,
  };
}
