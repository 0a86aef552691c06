import { temperatureOf } from '../simulation/geometry/cloud.ts';
import { copies, settingsOf } from './configurations.ts';
import { meanLoss } from './tolerances.ts';
import { equal } from './truth.ts';
import type { Truth } from './truth.ts';

/** Rounds to the nearest number of a precision; beyond its largest one, to infinity. */
export type Rounding = (value: number) => number;

/** To single precision. */
export const single: Rounding = Math.fround;

/** To half precision: 11 bits, exponents from -14 to 15, and subnormal numbers below; ties to even. */
export const half: Rounding = (value) => {
  const size = Math.abs(value);
  if (!(size < 65520)) return value * Infinity;
  const step = 2 ** (Math.max(Math.floor(Math.log2(size)), -14) - 10);
  const steps = size / step;
  const down = Math.floor(steps);
  const up = steps - down > 0.5 || (steps - down === 0.5 && down % 2 === 1);
  return Math.sign(value) * (down + Number(up)) * step;
};

/** log(sum(exp(similarity / temperature))) with every step rounded and nothing subtracted first. */
export function naiveLogSumExp(
  similarities: ArrayLike<number>,
  temperature: number,
  round: Rounding,
): number {
  let sum = 0;
  for (let index = 0; index < similarities.length; index++) {
    sum = round(sum + round(Math.exp(round(similarities[index] / temperature))));
  }
  return round(Math.log(sum));
}

/** The same with the largest logit subtracted first, and added again. */
export function shiftedLogSumExp(
  similarities: ArrayLike<number>,
  temperature: number,
  round: Rounding,
): number {
  let largest = -Infinity;
  for (let index = 0; index < similarities.length; index++) {
    largest = Math.max(largest, round(similarities[index] / temperature));
  }
  let sum = 0;
  for (let index = 0; index < similarities.length; index++) {
    sum = round(sum + round(Math.exp(round(round(similarities[index] / temperature) - largest))));
  }
  return round(largest + round(Math.log(sum)));
}

/** The temperature below which exp(similarity / temperature) overflows, by bisection. */
export function overflowTemperature(similarity: number, round: Rounding): number {
  let [low, high] = [1e-4, 10];
  while (high / low > 1 + 1e-9) {
    const middle = Math.sqrt(low * high);
    if (Number.isFinite(round(Math.exp(round(similarity / middle))))) high = middle;
    else low = middle;
  }
  return high;
}

const PAIRS = 40;

/** Truth 17. */
export const overflow: Truth = {
  number: 17,
  name: 'Overflow',
  sentence:
    'At similarity 1 a plain exp(s / temperature) overflows half precision below temperature 0.0902 and single precision below 0.01127. With the row maximum subtracted first, nothing ever does.',
  source: 'IEEE 754, by computing it',
  watches: 'settings',
  applies: (configuration) => temperatureOf(settingsOf(configuration).values) !== undefined,
  async evaluate(engine, cloud) {
    const point = copies([1, 0, 0, 0], PAIRS);
    const temperature = temperatureOf(settingsOf(cloud).values)!;
    const lowest = Math.min(temperature, overflowTemperature(1, single) / 2);
    const { loss } = await engine.evaluate(
      { kind: 'info-nce', temperature: lowest },
      { dimension: 4, queries: point, keys: point },
    );
    const expected = Math.log(PAIRS);
    return [
      equal('half precision overflows below temperature', overflowTemperature(1, half), 0.0902, 1e-4),
      equal('single precision overflows below temperature', overflowTemperature(1, single), 0.01127, 1e-5),
      equal(
        `loss of coinciding points at temperature ${lowest.toPrecision(2)}`,
        loss,
        expected,
        meanLoss(engine.backend, expected, 1 / lowest),
      ),
    ];
  },
};
