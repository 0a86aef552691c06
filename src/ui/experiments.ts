import { findPreset, presetState } from './presets.ts';
import type { Experiment } from './presets.ts';
import { parametersOf, withParameter } from './state.ts';
import type { State } from './state.ts';
import type { Store } from './store.ts';

/** What to try within the present preset: each button changes a setting or two, and a second press takes it back. */
export function showExperiments(
  container: HTMLElement,
  store: Store,
  choose: (experiment: Experiment) => void,
): void {
  let buttons: { button: HTMLButtonElement; experiment: Experiment }[] = [];

  const build = () => {
    buttons = findPreset(store.state.preset)!.experiments.map((experiment) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = experiment.name;
      if (experiment.fromStart) button.title = 'Begins the run again from the same start';
      button.addEventListener('click', () => choose(experiment));
      return { button, experiment };
    });
    const label = document.createElement('span');
    label.textContent = 'Try';
    container.replaceChildren(label, ...buttons.map(({ button }) => button));
  };
  const show = () => {
    for (const { button, experiment } of buttons) {
      button.setAttribute('aria-pressed', String(isOn(store.state, experiment)));
    }
  };
  store.subscribe((state, previous) => {
    if (state.preset !== previous.preset) build();
    show();
  });
  build();
  show();
}

/** What to watch as things are set: in the first experiment that is on, else in the preset. */
export function watchOf(state: State): string {
  const { watch, experiments } = findPreset(state.preset)!;
  return experiments.find((experiment) => isOn(state, experiment))?.watch ?? watch;
}

export function isOn(state: State, { values, parameters }: Experiment): boolean {
  const present = parametersOf(state);
  return (
    Object.entries(values).every(([name, value]) => state[name as keyof typeof values] === value) &&
    Object.entries(parameters).every(([name, value]) => present[name] === value)
  );
}

/** The state with the experiment on, or, where it is on, as the preset has it. */
export function toggled(state: State, experiment: Experiment): State {
  const preset = presetState(findPreset(state.preset)!);
  const on = isOn(state, experiment);
  const names = Object.keys(experiment.values) as (keyof typeof experiment.values)[];
  const values = on ? Object.fromEntries(names.map((name) => [name, preset[name]])) : experiment.values;
  const target = on ? parametersOf(preset) : experiment.parameters;
  let next: State = { ...state, ...values };
  for (const name of Object.keys(experiment.parameters)) {
    // Another loss may have been chosen since, which does not have it.
    if (Object.hasOwn(parametersOf(next), name)) {
      next = { ...next, parameters: withParameter(next, name, target[name]) };
    }
  }
  return next;
}
