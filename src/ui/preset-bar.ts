import { findPreset, presets } from './presets.ts';
import type { Preset } from './presets.ts';
import type { Store } from './store.ts';

/** The presets as buttons, and what to watch in the one that is on. */
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
    presets.forEach((preset, index) =>
      buttons[index].setAttribute('aria-pressed', String(preset.key === key)),
    );
    watch.textContent = findPreset(key)!.watch;
  };
  store.subscribe((state, previous) => {
    if (state.preset !== previous.preset) showActive(state.preset);
  });
  showActive(store.state.preset);
}
