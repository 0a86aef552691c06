/** Multiply-adds of the first submission, and of the least: about 5 ms on two cores in software, nothing on a GPU. */
const LEAST_BUDGET = 2 ** 23;

/** Milliseconds after which nobody waits for a submission any more. */
const FORGOTTEN = 1000;

/** How fast the budget follows: submissions grow while they are quick, and shrink once they are slow. */
const GROWTH = 1.25;
const SHRINKAGE = 0.85;

/**
 * Decides how much work a frame may submit, from how long earlier submissions took. Some browsers report finished work
 * in ticks of about 100 ms: what counts is the time beyond the quickest answer ever seen.
 */
export class Pacing {
  /** Multiply-adds for the next submission. */
  budget = LEAST_BUDGET;
  private readonly aim: number;
  private readonly pending: { submitted: number; cost: number }[] = [];
  private latency = Infinity;

  /** @param aim milliseconds of work that one frame should bring to the device. */
  constructor(aim: number) {
    this.aim = aim;
  }

  /** Whether the device is keeping up, so that more may be submitted. */
  ready(now: number): boolean {
    const oldest = this.pending[0];
    if (!oldest) return true;
    const latency = Number.isFinite(this.latency) ? this.latency : 0;
    if (now - oldest.submitted < latency + 2 * this.aim) return true;
    // A browser may forget to tell, which must not end the run.
    return now - this.pending[this.pending.length - 1].submitted > FORGOTTEN;
  }

  submitted(cost: number, now: number): void {
    this.pending.push({ submitted: now, cost });
  }

  /** Call when the oldest submission is done. */
  finished(now: number): void {
    const done = this.pending.shift();
    if (!done) return;
    const elapsed = now - done.submitted;
    this.latency = Math.min(this.latency, elapsed);
    const excess = elapsed - this.latency;
    // Only a submission that used its budget says anything about it.
    if (done.cost < this.budget / 2) return;
    if (excess > 2 * this.aim) this.budget = Math.max(LEAST_BUDGET, this.budget * SHRINKAGE);
    else if (excess < this.aim) this.budget *= GROWTH;
  }
}
