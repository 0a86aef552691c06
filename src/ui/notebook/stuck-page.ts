import { html } from '../../scenes/parts/html.ts';
import { losses } from '../../losses/registry.ts';
import type { LossKind } from '../../losses/registry.ts';
import { temperatureOf } from '../../simulation/geometry/cloud.ts';
import { formatMeasure, withMinus } from '../../values/format.ts';
import type { ShowPage } from '../notebook.ts';
import { batchPairsOf } from '../run-settings.ts';
import { parametersOf } from '../state.ts';
import { decode } from './decoder.ts';
import type { Meaning } from './decoder.ts';

/** A training that is stuck where most are: NT-Xent at 64 pairs, all of them alike, ln 127. */
const EXAMPLE = { value: 4.84, loss: 'nt-xent', pairs: 64, temperature: 0.1 } as const;

/** 'My training is stuck at ...': what a loss value means. */
export const showStuckPage: ShowPage = (page, { store, observatory }) => {
  const value = numberInput(EXAMPLE.value);
  const pairs = numberInput(EXAMPLE.pairs);
  const temperature = numberInput(EXAMPLE.temperature);
  const loss = html('select');
  loss.add(new Option('any loss', ''));
  for (const { kind, name } of losses) loss.add(new Option(name, kind));
  loss.value = EXAMPLE.loss;

  const answer = html('div', 'answer');
  answer.setAttribute('aria-live', 'polite');
  const show = () => {
    const stuck = {
      value: value.valueAsNumber,
      loss: (loss.value || undefined) as LossKind | undefined,
      pairs: pairs.valueAsNumber,
      temperature: temperature.valueAsNumber,
    };
    answer.replaceChildren(...answerTo(stuck));
  };

  const form = html(
    'form',
    'stuck',
    labelled('My loss is stuck at', value),
    labelled('with', loss),
    labelled('pairs in a batch (B)', pairs),
    labelled('temperature', temperature),
  );
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', show);

  const ownRun = html('button', '', 'Fill in from this run');
  ownRun.type = 'button';
  ownRun.addEventListener('click', () => {
    const { state } = store;
    const measured = observatory.statistics?.loss;
    value.value = measured === undefined ? '' : String(Number(measured.toPrecision(5)));
    loss.value = state.loss;
    pairs.value = String(batchPairsOf(state));
    const present = temperatureOf(parametersOf(state));
    if (present !== undefined) temperature.value = String(Number(present.toPrecision(4)));
    show();
  });
  page.append(
    html('h2', '', 'My training is stuck'),
    html(
      'p',
      'lead',
      'A loss that does not move often says why: collapsed and indifferent models cost exactly what guessing costs.',
    ),
    form,
    ownRun,
    answer,
  );
  show();
};

function answerTo(stuck: Parameters<typeof decode>[0]): Node[] {
  const { value, pairs, temperature } = stuck;
  if (!Number.isFinite(value)) return [html('p', '', 'Enter the loss that you see.')];
  if (!(pairs >= 1) || !(temperature > 0)) {
    return [html('p', '', 'A batch has at least one pair, and a temperature is greater than 0.')];
  }
  const { meanings, nearest } = decode(stuck);
  if (meanings.length > 0) {
    return [
      html('h3', '', 'That is'),
      html('ul', 'meanings', ...meanings.map((meaning) => html('li', '', ...describe(meaning)))),
      html('p', 'fine', adviceOn(meanings)),
    ];
  }
  const off = nearest && value - nearest.value;
  return [
    html('h3', '', 'No plateau that we know'),
    html(
      'p',
      '',
      nearest
        ? `The nearest is ${formatMeasure(nearest.value)} (${nearest.loss}, ${withMinus(nearest.name)}), ${formatMeasure(Math.abs(off!))} ${off! < 0 ? 'above' : 'below'} yours. A loss between plateaus is one that has learned something, or is measured on another batch size.`
        : 'This loss documents none.',
    ),
  ];
}

function describe({ loss, name, value }: Meaning): Node[] {
  return [html('strong', '', formatMeasure(value)), html('span', '', ` ${loss}: ${withMinus(name)}`)];
}

function adviceOn(meanings: readonly Meaning[]): string {
  const names = meanings.map(({ name }) => name).join(' ');
  if (/collapsed/.test(names)) {
    return 'Collapsed or indifferent look the same in the loss. Look at the spread of the embeddings: at one point they have collapsed (learning rate, missing negatives, a broken normalization); spread out they are indifferent (temperature too high, labels or pairs mixed up).';
  }
  if (/coincide/.test(names)) {
    return 'Positives coincide, and nothing pushes apart: without negatives this is the lowest loss there is.';
  }
  return 'Every candidate looks alike from where the model stands.';
}

function numberInput(value: number): HTMLInputElement {
  const input = html('input');
  input.type = 'number';
  input.step = 'any';
  input.value = String(value);
  return input;
}

function labelled(text: string, control: HTMLElement): HTMLElement {
  return html('label', '', html('span', '', text), control);
}
