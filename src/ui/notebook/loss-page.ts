import { html } from '../../scenes/parts/html.ts';
import type { Parameter, ParameterValue } from '../../losses/loss.ts';
import { formatMeasure, withMinus } from '../../values/format.ts';
import { plateausOf } from '../diagnosis.ts';
import type { ShowPage } from '../notebook.ts';
import { lossOf, parametersOf } from '../state.ts';
import type { State } from '../state.ts';
import { symbolOf, typeset } from './formula.ts';

/** The documentation of the present loss, from its definition. */
export const showLossPage: ShowPage = (page, { store, closing }) => {
  let shown = '';
  const show = () => {
    const { state } = store;
    const { loss, parameters, points, pairs, dimension, classes, data } = state;
    const key = JSON.stringify([loss, parameters, points, pairs, dimension, classes, data]);
    if (key === shown) return;
    shown = key;
    page.replaceChildren(...contents(state));
  };
  store.subscribe(show, closing);
  show();
};

function contents(state: State): Node[] {
  const { name, parameters, documentation } = lossOf(state);
  const { summary, formula, reduction, reproduces, source, watchFor } = documentation;
  const values = parametersOf(state);
  const plateaus = plateausOf(state);
  return [
    html('h2', '', name),
    html('p', 'lead', withMinus(summary)),
    formulaElement(formula),
    html('p', '', withMinus(reduction)),
    html('h3', '', 'Parameters'),
    html(
      'dl',
      'parameters',
      ...Object.entries(parameters).flatMap(([key, parameter]) => [
        html('dt', '', ...parameterName(key), html('output', '', shortValue(values[key]))),
        html('dd', '', withMinus(parameter.description), html('span', 'range', rangeOf(parameter))),
      ]),
    ),
    ...(plateaus.length > 0
      ? [
          html('h3', '', 'Where it gets stuck'),
          html(
            'dl',
            'plateaus',
            ...plateaus.flatMap((plateau) => [
              html('dt', '', withMinus(plateau.name)),
              html('dd', '', formatMeasure(plateau.loss)),
            ]),
          ),
        ]
      : []),
    html('h3', '', 'Watch for'),
    html('p', '', withMinus(watchFor)),
    html('h3', '', 'Source'),
    html('p', '', source),
    html('p', 'fine', `The same number as ${reproduces}.`),
  ];
}

/** In MathML, which breaks where its container must; its plain text is what is read aloud. */
function formulaElement(formula: string): HTMLElement {
  const element = html('div', 'formula');
  element.setAttribute('role', 'math');
  element.setAttribute('aria-label', formula);
  for (const pieces of typeset(formula)) {
    const line = html('div', 'line');
    // Only what the typesetter wrote: tags of its own and escaped text.
    line.innerHTML = pieces.map((piece) => `<math displaystyle="true">${piece}</math>`).join('');
    element.append(line);
  }
  return element;
}

function parameterName(key: string): Node[] {
  const symbol = symbolOf(key);
  return [html('code', '', key), ...(symbol ? [html('i', '', symbol)] : [])];
}

function shortValue(value: ParameterValue): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'number' ? withMinus(String(Number(value.toPrecision(4)))) : value;
}

function rangeOf(parameter: Parameter): string {
  switch (parameter.type) {
    case 'boolean':
      return `default ${shortValue(parameter.default)}`;
    case 'choice':
      return `${parameter.choices.join(', ')}; default ${parameter.default}`;
    case 'number':
      return withMinus(
        `${parameter.minimum} to ${parameter.maximum}; default ${shortValue(parameter.default)}`,
      );
  }
}
