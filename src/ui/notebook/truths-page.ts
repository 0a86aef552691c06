import { html } from '../../scenes/parts/html.ts';
import type { Cloud } from '../../simulation/geometry/cloud.ts';
import { collapsePlateau } from '../../truths/collapse.ts';
import { truths } from '../../truths/registry.ts';
import type { Reading, Truth } from '../../truths/truth.ts';
import { withMinus } from '../../values/format.ts';
import type { PageContext, ShowPage } from '../notebook.ts';
import { batchPairsOf, hyperparametersOf, startOf } from '../run-settings.ts';
import type { State } from '../state.ts';
import { digits } from './digits.ts';
import { follow, problemLine } from './follow.ts';

/** Points whose pairs the truths look at: enough to mean something, few enough for all of them to be quick. */
const POINTS = 256;
/** Where all of them coincide there are no pairs to look at, only one batch to take the loss of. */
const COINCIDING_POINTS = 1024;

/** Every truth that has something to say about the present run, computed now, green or red; the others below. */
export const showTruthsPage: ShowPage = (page, context) => {
  const { store, observatory, closing } = context;
  const problem = problemLine();
  const verdict = html('p', 'verdict');
  verdict.setAttribute('aria-live', 'polite');
  const applying = html('ol', 'truths');
  const silent = html('ul', 'silent');
  const others = html('details', '', html('summary', '', 'Truths that say nothing about this run'), silent);
  page.append(
    html('h2', '', 'What must hold'),
    html(
      'p',
      'lead',
      'Known from the literature or from algebra; computed here by the functions that test every engine, with the kernels of this run.',
    ),
    verdict,
    problem,
    applying,
    others,
  );

  const cards = new Map(truths.map((truth) => [truth.number, new Card(truth)]));
  const arrange = () => {
    const applicable = truths.filter((truth) => appliesTo(truth, store.state));
    applying.replaceChildren(...applicable.map(({ number }) => cards.get(number)!.element));
    const rest = truths.filter((truth) => !applicable.includes(truth));
    silent.replaceChildren(
      ...rest.map(({ name, sentence }) =>
        html('li', '', html('strong', '', name), ` ${withMinus(sentence)}`),
      ),
    );
    others.hidden = rest.length === 0;
  };
  store.subscribe(arrange, closing);
  arrange();

  void follow(
    closing,
    () => observatory.moment,
    async () => {
      await evaluateAll(cards, context);
      const sentence = verdictOn(
        truths.filter((truth) => appliesTo(truth, store.state)).map(({ number }) => cards.get(number)!),
      );
      if (verdict.textContent !== sentence) verdict.textContent = sentence;
    },
    problem,
  );
};

/** Of what was computed; a truth may have nothing to say about points as they lie now. */
function verdictOn(shown: readonly Card[]): string {
  if (!shown.every(({ computed }) => computed)) return 'Being computed …';
  const told = shown.filter(({ holds }) => holds !== undefined);
  const failing = told.filter(({ holds }) => !holds).length;
  return failing > 0 ? `${failing} of ${told.length} do not hold.` : `All ${told.length} hold.`;
}

function appliesTo(truth: Truth, state: State): boolean {
  return truth.applies({ start: startOf(state), hyperparameters: hyperparametersOf(state), step: 0 });
}

async function evaluateAll(
  cards: Map<number, Card>,
  { observatory, closing, store }: PageContext,
): Promise<void> {
  // Those that train come last: they may take seconds, once.
  const quickFirst = truths.toSorted((a, b) => Number(b.watches === 'cloud') - Number(a.watches === 'cloud'));
  for (const truth of quickFirst) {
    if (!appliesTo(truth, store.state)) continue;
    const cloud = await observatory.look(truth === collapsePlateau ? COINCIDING_POINTS : POINTS);
    if (closing.aborted) return;
    if (!cloud || !truth.applies(cloud)) continue;
    await cards
      .get(truth.number)!
      .bringUpToDate(cloud, checkedOn(truth, cloud, store.state), () =>
        observatory.ask({ about: 'truth', number: truth.number }, cloud),
      );
  }
}

function counted(count: number): string {
  return count.toLocaleString('en');
}

/** Which points the numbers are of, so that they can be held against those of the charts. */
function checkedOn(truth: Truth, { start, hyperparameters }: Cloud, state: State): string {
  const { points } = start.dataset;
  const all = startOf(state).dataset.points;
  const which =
    points < all
      ? `the first ${counted(points)} of the run’s ${counted(all)} points`
      : `all ${counted(points)} points`;
  if (truth === collapsePlateau) {
    const batch = `Checked on a batch of ${counted(hyperparameters.batchPairs)} pairs of ${which}.`;
    return points < all
      ? `${batch} The chart’s plateau is that of the run’s own batch, ${counted(batchPairsOf(state))} pairs.`
      : batch;
  }
  return truth.watches === 'cloud' ? `Checked on ${which}.` : 'Checked on points of its own.';
}

/** A truth with its badge, and its numbers side by side. */
class Card {
  readonly element = html('li', 'truth waiting');
  computed = false;
  /** Undefined while there is nothing to tell. */
  holds: boolean | undefined;
  readonly #truth: Truth;
  readonly #badge = html('span', 'badge', '…');
  readonly #readings = html('tbody');
  readonly #checkedOn = html('p', 'fine');
  /** The settings of the readings that are shown, where the points do not matter. */
  #settings = '';

  constructor(truth: Truth) {
    this.#truth = truth;
    const source = html('p', 'fine', truth.source);
    this.element.append(
      html('h3', '', this.#badge, truth.name),
      html('p', '', withMinus(truth.sentence)),
      html('table', '', this.#readings),
      this.#checkedOn,
      source,
    );
    this.element.value = truth.number;
  }

  async bringUpToDate(
    cloud: Cloud,
    points: string,
    evaluate: () => Promise<readonly Reading[]>,
  ): Promise<void> {
    const { start, hyperparameters } = cloud;
    const settings = JSON.stringify([hyperparameters.loss, hyperparameters.batchPairs, start, points]);
    if (this.#truth.watches === 'settings' && settings === this.#settings) return;
    const readings = await evaluate();
    this.#settings = settings;
    this.#checkedOn.textContent = points;
    this.computed = true;
    this.holds = readings.length > 0 ? readings.every(({ holds }) => holds) : undefined;
    const state = this.holds === undefined ? 'waiting' : this.holds ? 'holds' : 'fails';
    this.element.className = `truth ${state}`;
    this.#badge.textContent = { waiting: '…', holds: '✓', fails: '✗' }[state];
    this.#badge.setAttribute('role', 'img');
    this.#badge.setAttribute(
      'aria-label',
      { waiting: 'not to be told now', holds: 'holds', fails: 'does not hold' }[state],
    );
    this.#readings.replaceChildren(...readings.map(rowOf));
  }
}

function rowOf({ name, measured, relation, expected, holds }: Reading): HTMLElement {
  const row = html(
    'tr',
    holds ? '' : 'fails',
    html('th', '', withMinus(name)),
    html('td', '', digits(measured)),
    html('td', 'relation', relation),
    html('td', '', digits(expected)),
  );
  row.querySelector('th')!.scope = 'row';
  return row;
}
