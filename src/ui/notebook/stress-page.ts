import { addButton, html } from '../../scenes/parts/html.ts';
import { svg } from '../../scenes/parts/svg.ts';
import type { Growth } from '../../simulation/stress/growth.ts';
import { sizesOf } from '../../simulation/stress/ramp.ts';
import type { Measured, Ramp } from '../../simulation/stress/ramp.ts';
import { growthOf, toCsv, toJson } from '../../simulation/stress/record.ts';
import type { StressRecord } from '../../simulation/stress/record.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import { stress } from '../../simulation/stress/stress.ts';
import { formatBytes, formatDuration, formatShare, threeDigits, withMinus } from '../../values/format.ts';
import type { PresentRun, ShowPage } from '../notebook.ts';
import { sentence } from '../open-simulation.ts';
import { hyperparametersOf } from '../run-settings.ts';
import { lossOf } from '../state.ts';
import { download } from './download.ts';
import { presentSimulation, problemLine } from './follow.ts';
import { axisAround, drawLogPlot } from './log-plot.ts';
import type { LogPlot } from './log-plot.ts';

/** What every WebGPU device binds at least, in bytes: the usual end of a stored matrix. */
const USUAL_BINDING = 2 ** 27;

/** Where the ramp begins, and what stays while something else is doubled. */
const FIRST_POINTS = 256;
const FIRST_DIMENSION = 4;
const DIMENSIONS = [3, 16, 32, 64, 128, 512];
const POINTS = [1024, 2048, 4096, 8192];
const LAST_POINTS = [4096, 16_384, 65_536, 262_144];
const LAST_DIMENSIONS = [128, 512, 2048];
const SECONDS = [10, 30, 120, 600];
const BYTES = [64, 256, 1024, 4096].map((mebibytes) => mebibytes * 2 ** 20);

/** How time and memory grow with points and dimension, measured on the engine of the run. */
export const showStressPage: ShowPage = (page, { store, run, closing }) => {
  const problem = problemLine();
  const caption = html('p', 'fine');
  caption.setAttribute('role', 'status');
  const plots = html('div', 'plots');
  const time = svg('svg');
  const memory = svg('svg');
  const growth = html('p', 'growth');
  const table = html('tbody');
  const files = html('p', 'actions');
  const vary = choice('Doubled', { points: 'points N', dimension: 'dimension d' }, 'points');
  const dimension = choice('At d', byCount(DIMENSIONS), '64');
  const points = choice('At N', byCount(POINTS), '2048');
  const lastPoints = choice('Up to N', byCount(LAST_POINTS), '16384');
  const lastDimension = choice('Up to d', byCount(LAST_DIMENSIONS), '512');
  const seconds = choice(
    'Time budget',
    labelled(SECONDS, (value) => `${value} s`),
    '30',
  );
  const bytes = choice('Memory budget', labelled(BYTES, formatBytes), String(BYTES[1]));
  const showWhatApplies = () => {
    const byPoints = vary.value === 'points';
    dimension.element.hidden = lastPoints.element.hidden = !byPoints;
    points.element.hidden = lastDimension.element.hidden = byPoints;
  };
  vary.select.addEventListener('change', showWhatApplies);
  showWhatApplies();

  const actions = html('p', 'actions');
  const choices = html(
    'div',
    'choices',
    ...[vary, dimension, points, lastPoints, lastDimension, seconds, bytes].map(({ element }) => element),
  );
  page.append(
    html('h2', '', 'Stress test'),
    html(
      'p',
      'lead',
      'Loss and all gradients of one batch, at sizes that double: the present loss on the present engine, while the run waits.',
    ),
    choices,
    actions,
    caption,
    problem,
    growth,
    plots,
  );

  let cancelling: AbortController | undefined;
  const start = async () => {
    cancelling = new AbortController();
    const { signal } = cancelling;
    const ramp = rampOf();
    const measured: Measured[] = [];
    const limits = limitsOf(run);
    button.textContent = 'Cancel';
    problem.textContent = growth.textContent = '';
    table.replaceChildren();
    files.replaceChildren();
    plots.replaceChildren(html('div', 'pictures', time, memory), tableOf(table), files);
    // What was measured is what is looked at from now on.
    page.append(choices);
    const draw = () => {
      const fitted = growthOf(ramp, measured);
      growth.replaceChildren(...sentencesOf(fitted, ramp));
      drawTime(time, ramp, measured, fitted.time, limits);
      drawMemory(memory, ramp, measured, fitted.memory, limits);
      table.replaceChildren(...measured.map((each) => rowOf(each, ramp)));
    };
    draw();
    const letGo = run.hold();
    try {
      const simulation = await presentSimulation(run, closing);
      const record = await stress(
        engineOf(simulation),
        ramp,
        { seconds: Number(seconds.value), bytes: Number(bytes.value) },
        {
          signal: AbortSignal.any([closing, signal]),
          onProgress: (size, fraction) =>
            (caption.textContent = `${nameOf(ramp)} = ${size.toLocaleString('en')}: ${formatShare(fraction)}`),
          onMeasured: (each) => {
            measured.push(each);
            draw();
          },
        },
      );
      caption.textContent = `${record.engine}. ${record.ending}`;
      offer(record);
    } catch (error) {
      caption.textContent = signal.aborted ? 'Cancelled; the run goes on where it was.' : '';
      if (!signal.aborted && !closing.aborted) problem.textContent = sentence(error);
    } finally {
      letGo();
      cancelling = undefined;
      button.textContent = 'Start';
    }
  };
  const button = addButton(actions, 'Start', () => {
    if (cancelling) cancelling.abort();
    else void start();
  });
  button.className = 'primary';

  function rampOf(): Ramp {
    const { loss } = hyperparametersOf(store.state);
    return vary.value === 'points'
      ? {
          loss,
          vary: 'points',
          from: FIRST_POINTS,
          to: Number(lastPoints.value),
          fixed: Number(dimension.value),
        }
      : {
          loss,
          vary: 'dimension',
          from: FIRST_DIMENSION,
          to: Number(lastDimension.value),
          fixed: Number(points.value),
        };
  }

  function engineOf({ positions }: Simulation): Parameters<typeof stress>[0] {
    if (positions.on === 'gpu') return positions.device;
    return store.state.engine === 'reference' ? 'reference' : 'cpu';
  }

  function offer(record: StressRecord): void {
    const name = `stress-${lossOf(store.state).kind}-${record.date.slice(0, 10)}`;
    addButton(files, 'Download JSON', () => download(`${name}.json`, 'application/json', toJson(record)));
    addButton(files, 'Download CSV', () => download(`${name}.csv`, 'text/csv', toCsv(record)));
  }
};

interface Choice {
  element: HTMLElement;
  select: HTMLSelectElement;
  readonly value: string;
}

function choice(label: string, choices: Readonly<Record<string, string>>, present: string): Choice {
  const select = html('select');
  for (const [value, name] of Object.entries(choices)) select.add(new Option(name, value));
  select.value = present;
  return {
    element: html('label', '', html('span', '', label), select),
    select,
    get value() {
      return select.value;
    },
  };
}

function labelled(values: readonly number[], format: (value: number) => string): Record<string, string> {
  return Object.fromEntries(values.map((value) => [String(value), format(value)]));
}

function byCount(values: readonly number[]): Record<string, string> {
  return labelled(values, (value) => value.toLocaleString('en'));
}

function nameOf({ vary }: Pick<Ramp, 'vary'>): string {
  return vary === 'points' ? 'N' : 'd';
}

/** The largest stored matrices: what every device binds, and what this one does. */
interface Limit {
  bytes: number;
  label: string;
}

function limitsOf({ simulation }: PresentRun): Limit[] {
  const usual = { bytes: USUAL_BINDING, label: '128 MiB' };
  const positions = simulation?.positions;
  if (positions?.on !== 'gpu') return [usual];
  const { maxBufferSize, maxStorageBufferBindingSize } = positions.device.limits;
  const own = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  return own > USUAL_BINDING ? [usual, { bytes: own, label: `this device, ${formatBytes(own)}` }] : [usual];
}

/** The most points whose N x N matrix of floats has so many bytes. */
function matrixPoints(bytes: number): number {
  return Math.floor(Math.sqrt(bytes / 4));
}

function sentencesOf({ time, memory }: Pick<StressRecord, 'time' | 'memory'>, ramp: Ramp): Node[] {
  const name = nameOf(ramp);
  const power = (what: string, { exponent, from }: Growth) =>
    html(
      'span',
      '',
      `${what} grows as ${name}`,
      html('sup', '', exponent.toFixed(2)),
      ` (fitted from ${name} = ${from.toLocaleString('en')}). `,
    );
  return [...(time ? [power('Time', time)] : []), ...(memory ? [power('Memory', memory)] : [])];
}

function sizeAxis(ramp: Ramp): LogPlot['x'] {
  const sizes = sizesOf(ramp);
  return {
    minimum: sizes[0] / 1.3,
    maximum: sizes[sizes.length - 1] * 1.3,
    base: 4,
    title:
      ramp.vary === 'points'
        ? `points N, at d = ${ramp.fixed}`
        : `dimension d, at N = ${ramp.fixed.toLocaleString('en')}`,
    format: (value) => value.toLocaleString('en'),
  };
}

function fittedLine(growth: Growth | undefined, ramp: Ramp): LogPlot['lines'] {
  if (!growth) return [];
  const { exponent, factor, from } = growth;
  const points = [from, sizesOf(ramp).at(-1) ?? from].map((x) => ({ x, y: factor * x ** exponent }));
  return [{ name: 'fit', points, label: `${nameOf(ramp)}^${exponent.toFixed(2)}` }];
}

/** Upright lines where the matrix of all pairs no longer fits into one buffer. */
function matrixEnds(
  ramp: Ramp,
  limits: readonly Limit[],
  { minimum, maximum }: LogPlot['y'],
  x: LogPlot['x'],
): LogPlot['lines'] {
  if (ramp.vary !== 'points') return [];
  return limits
    .map((limit) => ({ ...limit, points: matrixPoints(limit.bytes) }))
    .filter(({ points }) => points < x.maximum)
    .map(({ points, label }, index) => ({
      name: 'end',
      points: [
        { x: points, y: maximum },
        { x: points, y: minimum },
      ],
      labelLift: 12 * index,
      label: `${points.toLocaleString('en')}: matrix over ${label}`,
    }));
}

function drawTime(
  picture: SVGSVGElement,
  ramp: Ramp,
  measured: readonly Measured[],
  growth: Growth | undefined,
  limits: readonly Limit[],
): void {
  const x = sizeAxis(ramp);
  const y = {
    ...axisAround(
      measured.map(({ milliseconds }) => milliseconds),
      10,
    ),
    title: 'time of loss and gradients',
    format: formatDuration,
  };
  drawLogPlot(picture, {
    x,
    y,
    lines: [...matrixEnds(ramp, limits, y, x), ...fittedLine(growth, ramp)],
    dots: measured.map((each) => ({
      x: each[ramp.vary],
      y: each.milliseconds,
      name: 'step',
      title: `${nameOf(ramp)} = ${each[ramp.vary].toLocaleString('en')}: ${formatDuration(each.milliseconds)}`,
    })),
  });
  picture.setAttribute('aria-label', 'Time over size, on logarithmic axes; the table has the numbers.');
}

function drawMemory(
  picture: SVGSVGElement,
  ramp: Ramp,
  measured: readonly Measured[],
  growth: Growth | undefined,
  limits: readonly Limit[],
): void {
  const x = sizeAxis(ramp);
  const sizes = sizesOf(ramp);
  const matrix = sizes.map((size) => ({ x: size, y: 4 * (ramp.vary === 'points' ? size : ramp.fixed) ** 2 }));
  const y = {
    ...axisAround([...measured.map(({ bytes }) => bytes ?? 0), ...matrix.map((point) => point.y)], 32),
    title: 'memory of the engine',
    format: formatBytes,
  };
  drawLogPlot(picture, {
    x,
    y,
    lines: [
      { name: 'matrix', points: matrix, label: 'a stored matrix' },
      ...matrixEnds(ramp, limits, y, x).map((line) => ({ ...line, label: undefined })),
      ...fittedLine(growth, ramp),
    ],
    dots: measured.flatMap(({ bytes, ...each }) =>
      bytes === undefined
        ? []
        : [
            {
              x: each[ramp.vary],
              y: bytes,
              name: 'picture',
              title: `${nameOf(ramp)} = ${each[ramp.vary].toLocaleString('en')}: ${formatBytes(bytes)}`,
            },
          ],
    ),
  });
  picture.setAttribute('aria-label', 'Memory over size, on logarithmic axes; the table has the numbers.');
}

function tableOf(body: HTMLElement): HTMLElement {
  const heads = ['', 'Time', 'Memory', 'Stored matrix', 'Loss'].map((name) => html('th', '', name));
  return html('table', '', html('thead', '', html('tr', '', ...heads)), body);
}

function rowOf({ points, dimension, milliseconds, bytes, loss }: Measured, { vary }: Ramp): HTMLElement {
  const size = vary === 'points' ? points : dimension;
  return html(
    'tr',
    '',
    html('th', '', size.toLocaleString('en')),
    html('td', '', formatDuration(milliseconds)),
    html('td', '', bytes === undefined ? '–' : formatBytes(bytes)),
    html('td', '', formatBytes(4 * points * points)),
    html('td', '', withMinus(threeDigits(loss))),
  );
}
