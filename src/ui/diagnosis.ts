import type { Statistics } from '../simulation/settings.ts';
import { formatMeasure, withMinus } from '../values/format.ts';
import { encounterOf } from './run-settings.ts';
import { lossOf, parametersOf } from './state.ts';
import type { State } from './state.ts';

/** Points this far out have left every picture; the optimizer holds them at 1e12. */
const RUNAWAY_RADIUS = 1e9;

/** How near a plateau a loss is called stuck, relative to the plateau. */
const PLATEAU_TOLERANCE = 2e-3;
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
    if (count === 0) {
      return {
        sentence:
          'Loss 0: there is nothing to learn from (count 0). No anchor of this batch has what the loss needs.',
        broken: false,
      };
    }
    const sentence = this.#plateau(state, step, loss);
    return sentence === undefined ? undefined : { sentence, broken: false };
  }

  #plateau(state: State, step: number, loss: number): string | undefined {
    const plateau = plateausOf(state).find(
      (candidate) =>
        Math.abs(loss - candidate.loss) <= PLATEAU_TOLERANCE * Math.max(1, Math.abs(candidate.loss)),
    );
    if (plateau?.name !== this.#plateauName) {
      this.#plateauName = plateau?.name;
      this.#plateauSince = step;
    }
    if (!plateau || step - this.#plateauSince < PLATEAU_STEPS) return undefined;
    return `The loss rests at ${formatMeasure(plateau.loss)} (${withMinus(plateau.name)}).`;
  }
}
