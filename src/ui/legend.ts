import { datasetOf, linksDrawn } from './run-settings.ts';
import type { State } from './state.ts';
import type { Store } from './store.ts';

/** What is seen, and what a hand can do with it, beside the picture. */
export function showLegend(container: HTMLElement, store: Store): void {
  const show = () => {
    const text = legendOf(store.state);
    if (container.textContent !== text) container.textContent = text;
  };
  store.subscribe(show);
  show();
}

const POSITIVES: Record<State['data'], string> = {
  instances: 'Two views of one thing share a colour',
  classes: 'Members of a class share a colour',
  ring: 'Neighbours on a ring have neighbouring colours',
};

export function legendOf(state: State): string {
  const { data, links, dimension, geometry } = state;
  const { drawn, all } = linksDrawn(datasetOf(state));
  const some = drawn < all ? ` (${drawn} of ${all.toLocaleString('en')} shown)` : '';
  const lines = links && drawn > 0 ? ` and a line${some}` : '';
  const view = dimension > 3 ? ` ${dimension} dimensions, seen along their three principal axes (PCA).` : '';
  const orbit = dimension > 2 ? 'Drag to turn, ' : '';
  const hands =
    dimension > 3
      ? 'drag to turn.'
      : `${orbit}drag a point to ${geometry === 'sphere' ? 'slide' : 'move'} it.`;
  return `Each point is one embedding. ${POSITIVES[data]}${lines}.${view} ${hands[0].toUpperCase()}${hands.slice(1)}`;
}
