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
  const { data, links, dimension, model } = state;
  const { drawn, all } = linksDrawn(datasetOf(state));
  const some = drawn < all ? ` (${drawn} of ${all.toLocaleString('en')} shown)` : '';
  const lines = links && drawn > 0 ? ` and a line${some}` : '';
  const what =
    model === 'encoder'
      ? 'Each point is what the encoder makes of one view.'
      : 'Each point is one embedding.';
  const view = dimension > 3 ? ` ${dimension} dimensions, seen along their three principal axes (PCA).` : '';
  return `${what} ${POSITIVES[data]}${lines}.${view} ${handsOf(state)}`;
}

function handsOf({ dimension, geometry, model }: State): string {
  if (dimension > 3) return 'Drag to turn.';
  const verb = geometry === 'sphere' ? 'slide' : 'move';
  const point = model === 'encoder' ? 'only the encoder moves a point.' : `drag a point to ${verb} it.`;
  return dimension > 2
    ? `Drag to turn${model === 'encoder' ? '; ' : ', '}${point}`
    : `${point[0].toUpperCase()}${point.slice(1)}`;
}
