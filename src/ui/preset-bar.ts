import { watchOf } from './experiments.ts';
import { formatHash } from './hash.ts';
import { presets, presetState } from './presets.ts';
import type { Preset } from './presets.ts';
import type { State } from './state.ts';
import type { Store } from './store.ts';

/** The presets as buttons, and what to watch as things are set. */
export function showPresets(
  bar: HTMLElement,
  watch: HTMLElement,
  store: Store,
  choose: (preset: Preset) => void,
): void {
  const buttons = presets.map((preset) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = preset.name;
    button.addEventListener('click', () => choose(preset));
    bar.append(button);
    return button;
  });
  const showActive = (key: string) => {
    presets.forEach((preset, index) => {
      const active = preset.key === key;
      buttons[index].setAttribute('aria-pressed', String(active));
      if (active) buttons[index].scrollIntoView({ block: 'nearest', inline: 'nearest' });
    });
  };
  const showChanges = (state: State) => {
    const text = watchOf(state);
    if (watch.textContent !== text) watch.textContent = text;
    presets.forEach((preset, index) => {
      const changed =
        preset.key === state.preset && formatHash(state) !== formatHash(presetState(preset, state));
      buttons[index].classList.toggle('changed', changed);
      buttons[index].title = changed ? 'Changed since: press to go back to it' : '';
    });
  };
  store.subscribe((state, previous) => {
    if (state.preset !== previous.preset) showActive(state.preset);
    showChanges(state);
  });
  showActive(store.state.preset);
  showChanges(store.state);
}
