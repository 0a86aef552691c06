import { html } from '../../scenes/parts/html.ts';
import { setAttributes, svg } from '../../scenes/parts/svg.ts';
import { temperatureOf } from '../../simulation/geometry/cloud.ts';
import type { Cloud } from '../../simulation/geometry/cloud.ts';
import { cosinesOf } from '../../simulation/geometry/vectors.ts';
import { half, naiveLogSumExp, shiftedLogSumExp, single } from '../../truths/overflow.ts';
import type { Precision } from '../../truths/precision.ts';
import { formatMeasure } from '../../values/format.ts';
import type { ShowPage } from '../notebook.ts';
import { parametersOf } from '../state.ts';
import { digits } from './digits.ts';
import { follow, problemLine } from './follow.ts';

/** Candidates of the row that is taken apart. */
const CANDIDATES = 64;

/** Points that every engine computes the present loss of. */
const POINTS = 256;

/** Where the slider ends, as powers of ten. */
const LOWEST = -3;
const HIGHEST = 1;

/** Temperatures that are tried for the strips. */
const TRIALS = 160;

const exactly = (value: number) => value;

/** Ways to compute log(sum(exp(s / temperature))). */
const WAYS = [
  { name: 'Half precision, plain', compute: naiveLogSumExp, round: half },
  { name: 'Single precision, plain', compute: naiveLogSumExp, round: single },
  { name: 'Half, maximum subtracted first', compute: shiftedLogSumExp, round: half },
  { name: 'Single, maximum subtracted first', compute: shiftedLogSumExp, round: single },
] as const;

/** Lower the temperature, and see where floats give in; and how far each engine is from float64. */
export const showFloatsPage: ShowPage = (page, { store, observatory, closing }) => {
  const problem = problemLine();
  const slider = html('input');
  slider.type = 'range';
  slider.min = String(LOWEST);
  slider.max = String(HIGHEST);
  slider.step = '0.01';
  slider.value = String(Math.log10(temperatureOf(parametersOf(store.state)) ?? 0.1));
  const chosen = html('output');
  const ways = WAYS.map((way) => {
    const value = html('output', '', '–');
    value.setAttribute('aria-live', 'off');
    const strip = svg('svg', { class: 'strip', role: 'img', preserveAspectRatio: 'none' });
    const element = html('div', 'way', html('h4', '', way.name, value), strip);
    return { way, value, strip, element };
  });
  const float64 = html('output');
  const engines = html('tbody');
  page.append(
    html('h2', '', 'Float autopsy'),
    html(
      'p',
      'lead',
      'Every softmax adds up exp(s / τ). Lower the temperature, and see where that leaves the numbers a float can hold, unless the largest is subtracted first.',
    ),
    html('label', 'temperature', html('span', '', 'temperature τ'), slider, chosen),
    ...ways.map(({ element }) => element),
    html('p', 'scale', html('span', '', 'τ = 0.001'), html('span', '', '0.1'), html('span', '', '10')),
    html('div', 'way', html('h4', '', 'float64', float64)),
    html(
      'p',
      'fine',
      `log(Σ exp(s / τ)) of one anchor of this run against ${CANDIDATES} candidates, the first of them at cosine 1, every step rounded to the precision.`,
    ),
    html('h3', '', 'How far each engine is from float64'),
    html(
      'table',
      'engines',
      html(
        'thead',
        '',
        html(
          'tr',
          '',
          ...['', 'loss off by', 'may be off by', 'gradient off by'].map((text) => html('th', '', text)),
        ),
      ),
      engines,
    ),
    html('p', 'fine', 'For the present loss, temperature and points: at most 256 of them.'),
    problem,
  );

  let cosines: Float64Array = Float64Array.of(1);
  const show = () => {
    const temperature = 10 ** Number(slider.value);
    chosen.textContent = temperature.toPrecision(3);
    const exact = shiftedLogSumExp(cosines, temperature, exactly);
    for (const { way, value, strip, element } of ways) {
      const found = way.compute(cosines, temperature, way.round);
      const isBroken = !Number.isFinite(found);
      element.classList.toggle('fails', isBroken);
      value.textContent = isBroken
        ? 'overflow'
        : `${digits(found)}, off by ${digits(Math.abs(found - exact))}`;
      drawStrip(strip, way, cosines, Number(slider.value));
    }
    float64.textContent = digits(exact);
  };
  slider.addEventListener('input', show);
  show();

  void follow(
    closing,
    () => observatory.moment,
    async () => {
      const cloud = await observatory.look(POINTS);
      if (!cloud) return;
      cosines = rowOf(cloud);
      show();
      const precisions = await observatory.ask({ about: 'precision' }, cloud);
      if (!closing.aborted) engines.replaceChildren(...precisions.map(engineRow));
    },
    problem,
  );
};

/** The cosines of the first point with itself, as a positive that has met it, and with others. */
function rowOf({ start, embeddings }: Cloud): Float64Array {
  const { dimension } = start;
  return cosinesOf(embeddings.subarray(0, CANDIDATES * dimension), dimension, 0);
}

function engineRow({ description, lossError, lossTolerance, gradientError }: Precision): HTMLElement {
  const row = html(
    'tr',
    lossError <= lossTolerance ? '' : 'fails',
    html('th', '', description),
    html('td', '', digits(lossError)),
    html('td', '', digits(lossTolerance)),
    html('td', '', gradientError === undefined ? '–' : digits(gradientError)),
  );
  row.querySelector('th')!.scope = 'row';
  return row;
}

/** Over temperatures from low to high: whole where it holds, broken where it overflows. */
function drawStrip(
  picture: SVGSVGElement,
  { name, compute, round }: (typeof WAYS)[number],
  cosines: Float64Array,
  chosen: number,
): void {
  picture.replaceChildren();
  setAttributes(picture, { viewBox: `0 0 ${TRIALS} 8` });
  let lowest: number | undefined;
  let begin = 0;
  for (let trial = 0; trial < TRIALS && lowest === undefined; trial++) {
    const temperature = 10 ** (LOWEST + ((HIGHEST - LOWEST) * (trial + 0.5)) / TRIALS);
    if (Number.isFinite(compute(cosines, temperature, round))) {
      lowest = temperature;
      begin = trial;
    }
  }
  if (lowest === undefined) begin = TRIALS;
  const x = ((chosen - LOWEST) / (HIGHEST - LOWEST)) * TRIALS;
  picture.append(
    svg('rect', { class: 'broken', x: 0, y: 0, width: begin, height: 8 }),
    svg('rect', { class: 'whole', x: begin, y: 0, width: TRIALS - begin, height: 8 }),
    svg('line', { class: 'chosen', x1: x, x2: x, y1: 0, y2: 8 }),
  );
  picture.setAttribute(
    'aria-label',
    `${name}: whole from temperature ${formatMeasure(lowest ?? Infinity)} up`,
  );
}
