import { fitGrowth } from './growth.ts';
import type { Growth } from './growth.ts';
import type { Budget, Measured, Ramp } from './ramp.ts';

/** From this many points on, what a call costs by itself no longer shows in its time. */
const LARGE = 1024;

/** One stress test, whole: what was asked for, on what, and what came of it. */
export interface StressRecord {
  engine: string;
  /** When, in ISO 8601. */
  date: string;
  ramp: Ramp;
  budget: Budget;
  measured: Measured[];
  /** Why it ended where it did. */
  ending: string;
  /** Fitted, in what varies; absent where there are too few points. */
  time?: Growth;
  memory?: Growth;
}

/** How time and memory grow along a ramp. */
export function growthOf(
  { vary }: Pick<Ramp, 'vary'>,
  measured: readonly Measured[],
): Pick<StressRecord, 'time' | 'memory'> {
  const from = vary === 'points' ? LARGE : 0;
  const fit = (value: (each: Measured) => number | undefined) =>
    fitGrowth(
      measured.flatMap((each) => {
        const y = value(each);
        return y === undefined ? [] : [{ x: each[vary], y }];
      }),
      from,
    );
  const time = fit(({ milliseconds }) => milliseconds);
  const memory = fit(({ bytes }) => bytes);
  return { ...(time && { time }), ...(memory && { memory }) };
}

export function toJson(record: StressRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** A line per measurement; RFC 4180. */
export function toCsv({ engine, ramp, measured }: StressRecord): string {
  const lines = measured.map(({ points, dimension, milliseconds, rounds, bytes, loss }) =>
    [quoted(engine), ramp.loss.kind, points, dimension, milliseconds, rounds, bytes ?? '', loss].join(','),
  );
  return [['engine,loss,points,dimension,milliseconds,rounds,bytes,value'], lines, ['']].flat().join('\r\n');
}
