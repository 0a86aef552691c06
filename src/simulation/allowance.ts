/** Without a new grant for this long, in milliseconds, whoever granted steps has paused. */
const EXPIRY = 100;

/**
 * How many steps a run may still take. Granted frame by frame: fractions add up, a step that takes many frames goes on
 * to the next as long as grants keep coming, and beyond that what was not done in time is forgotten.
 */
export class Allowance {
  private steps = 0;
  private granted = -Infinity;

  /** @param now milliseconds, on any clock that only goes forward. */
  grant(steps: number, now: number): void {
    this.steps = (this.expired(now) ? this.steps % 1 : Math.min(this.steps, 1)) + steps;
    this.granted = now;
  }

  /** Takes one step off, or says that there is none to take. */
  take(now: number): boolean {
    if (this.steps < 1 || this.expired(now)) return false;
    this.steps--;
    return true;
  }

  private expired(now: number): boolean {
    return now - this.granted > EXPIRY;
  }
}
