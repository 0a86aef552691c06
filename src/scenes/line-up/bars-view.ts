import { NumberText } from '../parts/number.ts';
import { html } from '../parts/html.ts';

/** Scores and probabilities of the keys, as a table whose cells are bars. */
export class LineUpBars {
  readonly #rows: { score: Bar; probability: Bar }[];

  constructor(container: HTMLElement, names: readonly string[]) {
    const body = html('tbody');
    this.#rows = names.map((name, key) => {
      const score = new Bar('cosine', 2);
      const probability = new Bar('probability', 3);
      const head = html('th', '', name);
      head.scope = 'row';
      body.append(html('tr', key === 0 ? 'positive' : 'negative', head, score.element, probability.element));
      return { score, probability };
    });
    const heads = ['Key', 'Score: cosine', 'Probability'].map((text) => {
      const head = html('th', '', text);
      head.scope = 'col';
      return head;
    });
    container.append(html('table', 'bars', html('thead', '', html('tr', '', ...heads)), body));
  }

  show(similarities: Float32Array, probabilities: Float32Array): void {
    this.#rows.forEach(({ score, probability }, key) => {
      score.show(
        similarities[key],
        Math.min(similarities[key], 0) / 2 + 0.5,
        Math.abs(similarities[key]) / 2,
      );
      probability.show(probabilities[key], 0, probabilities[key]);
    });
  }
}

/** A number with a bar behind it that begins and extends by shares of the cell. */
class Bar {
  readonly element: HTMLTableCellElement;
  readonly #number: NumberText;
  readonly #bar = html('span', 'bar');

  constructor(name: string, decimals: number) {
    this.#number = new NumberText(name, (value) => value.toFixed(decimals).replace('-', '−'));
    this.element = html('td', '', html('span', 'track', this.#bar), this.#number.element);
  }

  show(value: number, from: number, extent: number): void {
    this.#number.show(value);
    this.#bar.style.left = `${100 * from}%`;
    this.#bar.style.width = `${100 * extent}%`;
  }
}
