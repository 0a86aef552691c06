import { setAttributes, svg } from '../../scenes/parts/svg.ts';

const WIDTH = 360;
const HEIGHT = 220;
const MARGIN = { left: 46, right: 16, top: 18, bottom: 32 };

/** More powers than these on an axis are told every other time. */
const MOST_TICKS = 7;

export interface LogAxis {
  title: string;
  /** Both above 0. */
  minimum: number;
  maximum: number;
  /** Powers of it have a line across the plot. */
  base: number;
  format(value: number): string;
}

/** A place in the plot's own values. */
export interface LogPoint {
  x: number;
  y: number;
}

export interface LogPlot {
  x: LogAxis;
  y: LogAxis;
  /** Each drawn with its class, and its label at its last point or so many units above; powers are straight. */
  lines: readonly { name: string; points: readonly LogPoint[]; label?: string; labelLift?: number }[];
  dots: readonly (LogPoint & { name: string; title: string; text?: string; radius?: number })[];
}

/** Draws anew into the same element: lines and dots between two logarithmic axes. */
export function drawLogPlot(picture: SVGSVGElement, { x, y, lines, dots }: LogPlot): void {
  setAttributes(picture, { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'log-plot', role: 'img' });
  picture.replaceChildren();
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const placeX = (value: number) => MARGIN.left + shareOf(x, value) * (right - MARGIN.left);
  const placeY = (value: number) => bottom - shareOf(y, value) * (bottom - MARGIN.top);
  const write = (className: string, text: string, atX: number, atY: number) => {
    const element = svg('text', { class: className, x: atX, y: atY });
    element.textContent = text;
    picture.append(element);
  };

  for (const tick of ticksOf(y)) {
    picture.append(
      svg('line', { class: 'grid', x1: MARGIN.left, x2: right, y1: placeY(tick), y2: placeY(tick) }),
    );
    write('tick-y', y.format(tick), MARGIN.left - 5, placeY(tick) + 3);
  }
  for (const tick of ticksOf(x)) {
    picture.append(
      svg('line', { class: 'grid', x1: placeX(tick), x2: placeX(tick), y1: MARGIN.top, y2: bottom }),
    );
    write('tick-x', x.format(tick), placeX(tick), bottom + 13);
  }
  write('title-y', y.title, 2, 10);
  write('title-x', x.title, right, HEIGHT - 4);

  for (const { name, points, label, labelLift = 0 } of lines) {
    const inside = clipped(points, y);
    const path = inside.map(
      (point, index) => `${index === 0 ? 'M' : 'L'}${placeX(point.x)} ${placeY(point.y)}`,
    );
    picture.append(svg('path', { class: `line ${name}`, d: path.join(' ') }));
    const last = inside.at(-1);
    if (label && last)
      write(
        `label ${name}`,
        label,
        Math.min(placeX(last.x), right) - 3,
        Math.max(placeY(last.y) - 5 - labelLift, MARGIN.top + 8),
      );
  }
  for (const { x: atX, y: atY, name, title, text, radius = 3.5 } of dots) {
    const dot = svg('circle', { class: `dot ${name}`, cx: placeX(atX), cy: placeY(atY), r: radius });
    const hint = svg('title');
    hint.textContent = title;
    dot.append(hint);
    picture.append(dot);
    if (text) write('dot-text', text, placeX(atX), placeY(atY) - radius - 3);
  }
}

/** Powers inside an axis; ends of a span without any. */
function ticksOf({ minimum, maximum, base }: LogAxis): number[] {
  const first = Math.ceil(Math.log(minimum) / Math.log(base) - 1e-9);
  const last = Math.floor(Math.log(maximum) / Math.log(base) + 1e-9);
  const step = last - first >= MOST_TICKS ? 2 : 1;
  const powers: number[] = [];
  for (let power = first; power <= last; power += step) powers.push(base ** power);
  return powers.length > 0 ? powers : [minimum, maximum];
}

function shareOf({ minimum, maximum }: LogAxis, value: number): number {
  return Math.log(value / minimum) / Math.log(maximum / minimum);
}

/** The part of a path of powers whose values lie within an axis. */
function clipped(points: readonly LogPoint[], { minimum, maximum }: LogAxis): LogPoint[] {
  const result: LogPoint[] = [];
  points.forEach((point, index) => {
    const before = points[index - 1];
    if (before) {
      for (const edge of [minimum, maximum].toSorted((a, b) => (before.y < point.y ? a - b : b - a))) {
        if ((before.y - edge) * (point.y - edge) < 0) {
          const share = Math.log(edge / before.y) / Math.log(point.y / before.y);
          result.push({ x: before.x * (point.x / before.x) ** share, y: edge });
        }
      }
    }
    if (point.y >= minimum && point.y <= maximum) result.push(point);
  });
  return result;
}

/** An axis around values, from one power to another. */
export function axisAround(
  values: readonly number[],
  base: number,
): Pick<LogAxis, 'minimum' | 'maximum' | 'base'> {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  if (positive.length === 0) return { minimum: 1, maximum: base, base };
  const power = (value: number) => Math.log(value) / Math.log(base);
  const minimum = base ** Math.floor(power(Math.min(...positive)));
  const maximum = base ** Math.ceil(power(Math.max(...positive)));
  return { minimum, maximum: maximum > minimum ? maximum : base * minimum, base };
}
