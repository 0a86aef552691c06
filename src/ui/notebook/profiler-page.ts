import { addButton, html } from '../../scenes/parts/html.ts';
import { svg } from '../../scenes/parts/svg.ts';
import type { Profile, ProfiledKernel, ProfiledPart } from '../../simulation/profile/profile.ts';
import { profileRun } from '../../simulation/profile/profile-run.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import { formatDuration, formatShare, threeDigits } from '../../values/format.ts';
import type { PresentRun, ShowPage } from '../notebook.ts';
import { sentence } from '../open-simulation.ts';
import { hyperparametersOf } from '../run-settings.ts';
import { pause, presentSimulation, problemLine } from './follow.ts';
import { axisAround, drawLogPlot } from './log-plot.ts';
import { writeTimeline } from './timeline.ts';

const PARTS: Record<ProfiledPart, string> = {
  step: 'A step',
  metrics: 'Its metrics',
  picture: 'Its picture',
};

/** Kernels that take a larger share of their part than this have their number in the plot. */
const LONG = 0.05;

/** How often the page looks whether another run is to be traced, and tells how much was written. */
const GLANCE_MS = 500;

/** What every kernel takes, beside what the device could do; and every kernel on the browser's own timeline. */
export const showProfilerPage: ShowPage = (page, { store, run, closing }) => {
  const problem = problemLine();
  const caption = html('p', 'fine');
  caption.setAttribute('role', 'status');
  const actions = html('p', 'actions');
  const result = html('div', 'profile');
  const written = html('p', 'fine');
  page.append(
    html('h2', '', 'Where the time goes'),
    html(
      'p',
      'lead',
      'Every kernel of this run by itself, on a copy, beside what this device reached with nothing but multiply-adds and nothing but copying.',
    ),
    actions,
    caption,
    problem,
    result,
    html('h3', '', 'Beside the frames'),
    html(
      'p',
      'fine',
      'While this page is open, every kernel is also an entry in the browser’s Performance panel (developer tools, Chromium): record, and look for the track “Kernels”.',
    ),
    written,
  );

  let measuring: AbortController | undefined;
  const measure = async () => {
    measuring = new AbortController();
    const cancelling = measuring;
    button.textContent = 'Cancel';
    problem.textContent = '';
    const letGo = run.hold();
    try {
      const simulation = await presentSimulation(run, closing);
      const backend = store.state.engine === 'reference' ? 'reference' : 'cpu';
      const profile = await profileRun(simulation, hyperparametersOf(store.state), backend, {
        signal: AbortSignal.any([closing, cancelling.signal]),
        onProgress: (fraction, label) =>
          (caption.textContent = `The run waits, and is measured: ${formatShare(fraction)}, ${label} …`),
      });
      caption.textContent = captionOf(profile, simulation);
      result.replaceChildren(...show(profile));
    } catch (error) {
      caption.textContent = cancelling.signal.aborted ? 'Cancelled; the run goes on where it was.' : '';
      if (!cancelling.signal.aborted && !closing.aborted) problem.textContent = sentence(error);
    } finally {
      letGo();
      measuring = undefined;
      button.textContent = 'Measure again';
    }
  };
  const button = addButton(actions, 'Measure', () => {
    if (measuring) measuring.abort();
    else void measure();
  });
  void measure();
  void trace(run, closing, written);
};

/** Keeps whatever run there is on the timeline. */
async function trace(run: PresentRun, closing: AbortSignal, written: HTMLElement): Promise<void> {
  let traced: Simulation | undefined;
  let entries = 0;
  while (!closing.aborted) {
    if (run.simulation !== traced) {
      traced = run.simulation;
      traced?.trace((spans) => {
        entries += spans.length;
        writeTimeline(spans);
      });
    }
    written.textContent = `${entries.toLocaleString('en')} entries so far.`;
    await pause(GLANCE_MS);
  }
  traced?.trace(undefined);
}

function captionOf({ engine, kernels }: Profile, { start }: Simulation): string {
  const clock = kernels.some(({ clock: of }) => of === 'gpu')
    ? 'GPU time, by timestamps'
    : 'Wall time: there are no timestamps here';
  const { points } = start.dataset;
  return `${engine}. ${clock}. ${points.toLocaleString('en')} points, d = ${start.dimension}.`;
}

/** What a kernel reaches: floating-point operations and bytes per second, as shares of the ceilings where these are known. */
function ratesOf({ multiplyAdds, bytes, milliseconds }: ProfiledKernel, { ceilings }: Profile) {
  const flops = (2000 * multiplyAdds) / milliseconds;
  const bandwidth = (1000 * bytes) / milliseconds;
  return {
    flops,
    bandwidth,
    share: Math.max(
      ceilings.multiplyAdds === undefined ? 0 : flops / 2 / ceilings.multiplyAdds,
      ceilings.bytes === undefined ? 0 : bandwidth / ceilings.bytes,
    ),
  };
}

function timeOf({
  milliseconds,
  isBelowClock,
}: Pick<ProfiledKernel, 'milliseconds' | 'isBelowClock'>): string {
  return `${isBelowClock ? '< ' : ''}${formatDuration(milliseconds)}`;
}

function giga(value: number): string {
  return value > 0 ? threeDigits(value / 1e9) : '–';
}

function intensityOf({ multiplyAdds, bytes }: ProfiledKernel): number {
  return multiplyAdds / bytes;
}

function show(profile: Profile): Node[] {
  const { kernels, ceilings } = profile;
  const onPlot = kernels.filter(({ multiplyAdds, bytes }) => multiplyAdds > 0 && bytes > 0);
  const numberOf = (kernel: ProfiledKernel) =>
    onPlot.includes(kernel) ? String(onPlot.indexOf(kernel) + 1) : '';

  const parts = (Object.keys(PARTS) as ProfiledPart[]).map((part) => {
    const own = kernels.filter((kernel) => kernel.part === part);
    const total = own.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    const isBelowClock = own.every((kernel) => kernel.isBelowClock);
    const rows = own.map((kernel) => {
      const { flops, bandwidth, share } = ratesOf(kernel, profile);
      const name = html('th', '', html('span', 'number', numberOf(kernel)), kernel.label);
      name.title = `${kernel.label}, run ${kernel.repeats} × in a row`;
      const time = html('td', 'time', timeOf(kernel));
      time.style.setProperty('--share', String(total > 0 ? kernel.milliseconds / total : 0));
      return html(
        'tr',
        '',
        name,
        time,
        html('td', '', giga(flops)),
        html('td', '', giga(bandwidth)),
        html('td', '', share > 0 ? formatShare(share) : '–'),
      );
    });
    const heading = html(
      'tr',
      'part',
      html('th', '', PARTS[part]),
      html('td', '', timeOf({ milliseconds: total, isBelowClock })),
      html('td'),
      html('td'),
      html('td'),
    );
    return html('tbody', '', heading, ...rows);
  });
  const roof = html(
    'tbody',
    '',
    html(
      'tr',
      'part',
      html('th', '', 'Ceilings'),
      html('td'),
      html('td', '', giga(2 * (ceilings.multiplyAdds ?? 0))),
      html('td', '', giga(ceilings.bytes ?? 0)),
      html('td'),
    ),
  );
  const head = html(
    'thead',
    '',
    html('tr', '', ...['', 'Time', 'GFLOP/s', 'GB/s', 'Of roof'].map((name) => html('th', '', name))),
  );
  const roofline = svg('svg');
  drawRoofline(roofline, profile, onPlot);
  return [
    roofline,
    html('table', 'kernels', head, ...parts, roof),
    html(
      'p',
      'fine',
      'GFLOP/s counts the multiply-adds of products of vectors and matrices, as two each, and no exponential; a dash is none. GB/s counts every buffer once, the least that has to move. The ceilings are two kernels of our own: multiply-adds in registers, and a streaming copy. Small buffers stay in caches and can pass the copy.',
    ),
  ];
}

/** GFLOP/s over multiply-adds per byte: to the left the memory is the roof, to the right the arithmetic. */
function drawRoofline(picture: SVGSVGElement, profile: Profile, kernels: readonly ProfiledKernel[]): void {
  const { ceilings } = profile;
  const flopsOf = (kernel: ProfiledKernel) => ratesOf(kernel, profile).flops;
  const totalOf = (part: ProfiledPart) =>
    kernels.reduce((sum, kernel) => sum + (kernel.part === part ? kernel.milliseconds : 0), 0);
  const isLong = ({ part, milliseconds }: ProfiledKernel) => milliseconds > LONG * totalOf(part);
  const most = kernels.reduce((sum, { milliseconds }) => Math.max(sum, milliseconds), 0);
  const top = ceilings.multiplyAdds === undefined ? undefined : 2 * ceilings.multiplyAdds;
  const ridge = top !== undefined && ceilings.bytes !== undefined ? top / 2 / ceilings.bytes : undefined;
  const x = axisAround([...kernels.map(intensityOf), ridge ?? 1, 4 * (ridge ?? 1)], 10);
  const y = axisAround([...kernels.map(flopsOf), top ?? 1e9], 10);
  const lines = [];
  if (ceilings.bytes !== undefined) {
    const end = Math.min(ridge ?? x.maximum, x.maximum);
    const slope = 2 * ceilings.bytes;
    lines.push({
      name: 'roof',
      points: [
        { x: x.minimum, y: slope * x.minimum },
        { x: end, y: slope * end },
      ],
    });
  }
  if (top !== undefined) {
    const points = [
      { x: Math.max(ridge ?? x.minimum, x.minimum), y: top },
      { x: x.maximum, y: top },
    ];
    lines.push({ name: 'roof', points, label: `${threeDigits(top / 1e9)} GFLOP/s` });
  }
  drawLogPlot(picture, {
    x: { ...x, title: 'multiply-adds per byte', format: plain },
    y: { ...y, title: 'GFLOP/s', format: (value) => plain(value / 1e9) },
    lines,
    dots: kernels.map((kernel, index) => ({
      x: intensityOf(kernel),
      y: flopsOf(kernel),
      name: kernel.part,
      title: `${kernel.label}: ${timeOf(kernel)}, ${threeDigits(flopsOf(kernel) / 1e9)} GFLOP/s`,
      text: isLong(kernel) ? String(index + 1) : undefined,
      radius: 3 + 4 * Math.sqrt(kernel.milliseconds / most),
    })),
  });
  picture.setAttribute(
    'aria-label',
    'Roofline: what each kernel reaches, under what the device reached with multiply-adds and with copying alone. The table has the numbers.',
  );
}

function plain(value: number): string {
  return value >= 1e4 || value < 1e-3
    ? value.toExponential(0).replace('e+', 'e')
    : String(Number(value.toPrecision(3)));
}
