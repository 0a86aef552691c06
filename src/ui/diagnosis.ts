import { temperatureOf } from '../simulation/geometry/cloud.ts';
import type { Statistics } from '../simulation/settings.ts';
import { formatMeasure, withMinus } from '../values/format.ts';
import { encounterOf } from './run-settings.ts';
import { lossOf, parametersOf } from './state.ts';
import type { State } from './state.ts';

/** Points this far out have left every picture; the optimizer holds them at 1e12. */
const RUNAWAY_RADIUS = 1e9;

/** How near a plateau a loss is called stuck, relative to the plateau. */
const PLATEAU_TOLERANCE = 2e-3;
/** Of coinciding points uniformity is 0. */
const COLLAPSED_UNIFORMITY = -0.05;

/** A loss below this leaves next to no gradient, unless the temperature is high. */
const ALMOST_NOTHING = 0.003;
const LOW_TEMPERATURE = 0.05;

/** A mean squared distance of partners that have not met. */
const APART = 0.02;

/** For how many steps it has to stay there. */
const PLATEAU_STEPS = 150;

/** Losses that the present loss gets stuck at, with their names. */
export function plateausOf(state: State): { name: string; loss: number }[] {
  return lossOf(state).plateaus(parametersOf(state), encounterOf(state));
}

/** Watches the statistics of a run for what a person would want to be told. */
export class Diagnosis {
  #plateauName: string | undefined;
  #plateauSince = 0;

  /** The sentence about the newest statistics, if there is one to say; `broken` when going on makes no sense. */
  read(state: State, statistics: Statistics): { sentence: string; broken: boolean } | undefined {
    const { step, loss, count, radius } = statistics;
    if (!Number.isFinite(loss)) {
      return {
        sentence: `The loss is no longer a number at step ${step.toLocaleString('en')}: the steps were too long for single precision. Lower the learning rate, then Reset.`,
        broken: true,
      };
    }
    if (radius > RUNAWAY_RADIUS) {
      return {
        sentence:
          'The points ran away: this loss has no floor for vectors of any length. Turn Normalize on or lower the learning rate, then Reset.',
        broken: false,
      };
    }
    if (loss === 0 && lacksNegatives(state)) {
      return {
        sentence: `Loss 0: no anchor of this batch has a negative (count ${count.toLocaleString('en')}), so nothing pushes. It takes another class, or another pair, to be told apart from.`,
        broken: false,
      };
    }
    if (count === 0) return { sentence: whyNothing(state), broken: false };
    const sentence = this.#plateau(state, statistics) ?? whyAlmostNothing(state, statistics);
    return sentence === undefined ? undefined : { sentence, broken: false };
  }

  #plateau(state: State, statistics: Statistics): string | undefined {
    const { step, loss } = statistics;
    const plateau = plateausOf(state).find(
      (candidate) =>
        Math.abs(loss - candidate.loss) <= PLATEAU_TOLERANCE * Math.max(1, Math.abs(candidate.loss)),
    );
    if (plateau?.name !== this.#plateauName) {
      this.#plateauName = plateau?.name;
      this.#plateauSince = step;
    }
    if (!plateau || step - this.#plateauSince < PLATEAU_STEPS) return undefined;
    return `The loss rests at ${formatMeasure(plateau.loss)} (${withMinus(plateau.name)}).${whyThere(plateau.name, statistics)}`;
  }
}

/** Whether all that an anchor meets in a batch are its partners. */
function lacksNegatives(state: State): boolean {
  const { candidates, positives } = encounterOf(state);
  return candidates <= (lossOf(state).isolatesPositives ? 1 : positives);
}

/** Why no term was averaged. */
function whyNothing(state: State): string {
  if (parametersOf(state).reduction === 'mean-active') {
    return 'Loss 0: no term is active (count 0). Every pair of this batch keeps its margin, and nothing is left to pull or to push.';
  }
  return 'Loss 0: there is nothing to learn from (count 0). No anchor of this batch has what the loss needs.';
}

/** A loss that is almost 0 although partners are apart: the gradient is gone before the work is done. */
function whyAlmostNothing(state: State, { loss, alignment }: Statistics): string | undefined {
  const temperature = temperatureOf(parametersOf(state));
  if (temperature === undefined || temperature > LOW_TEMPERATURE) return undefined;
  if (Math.abs(loss) > ALMOST_NOTHING || alignment < APART) return undefined;
  return `The loss is almost 0, yet partners have not met (alignment ${formatMeasure(alignment)}). At temperature ${Number(temperature.toPrecision(3))} a partner only has to be a little nearer than the nearest stranger; then the gradient is gone. A higher temperature goes on pulling.`;
}

/** What is behind a plateau, where the points tell. */
function whyThere(name: string, { uniformity }: Statistics): string {
  if (name.includes('coincide')) return ' Nothing pushes apart, and there is nothing left to pull together.';
  if (name.includes('collapsed') && uniformity > COLLAPSED_UNIFORMITY) return ' All points coincide.';
  if (!name.includes('indifferent')) return '';
  return ' The points are spread, but no candidate counts more than another: the temperature may be too high for what tells them apart.';
}
