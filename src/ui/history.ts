import type { Statistics } from '../simulation/settings.ts';

export type Measure = 'loss' | 'alignment' | 'uniformity';

/** More than a chart has pixels; past it every other point is dropped, so a long run costs no more than a short one. */
const CAPACITY = 1024;

/** The measured course of one run, at steps that grow apart as it gets long. */
export class History {
  steps: number[] = [];
  readonly values: Record<Measure, number[]> = { loss: [], alignment: [], uniformity: [] };
  #stride = 1;

  get length(): number {
    return this.steps.length;
  }

  /** Takes in newer statistics; returns whether they were kept. */
  push(statistics: Statistics): boolean {
    const last = this.steps.at(-1) ?? -Infinity;
    // After a pause the metrics of the last step come a moment later than its loss.
    if (statistics.step === last) this.#drop();
    else if (statistics.step < last + this.#stride) return false;
    this.steps.push(statistics.step);
    for (const measure of Object.keys(this.values) as Measure[]) {
      this.values[measure].push(statistics[measure]);
    }
    if (this.length > CAPACITY) this.#thin();
    return true;
  }

  #drop(): void {
    this.steps.pop();
    for (const measure of Object.keys(this.values) as Measure[]) this.values[measure].pop();
  }

  #thin(): void {
    this.steps = this.steps.filter(everyOther);
    for (const measure of Object.keys(this.values) as Measure[]) {
      this.values[measure] = this.values[measure].filter(everyOther);
    }
    this.#stride *= 2;
  }
}

function everyOther(_value: number, index: number): boolean {
  return index % 2 === 0;
}
