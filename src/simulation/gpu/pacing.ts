/** Milliseconds of work that one frame should bring to the device. */
const AIM = 14;

/** Submissions may be this much older (milliseconds) than the device's own latency before more is held back. */
const PATIENCE = 40;

const FIRST_BUDGET = 2 ** 21;

/**
 * Decides how much work a frame may submit, from how long earlier submissions took. Some browsers report finished work
 * in ticks of about 100 ms: what counts is the time beyond the quickest answer ever seen.
 */
export class Pacing {
  /** Multiply-adds for the next submission. */
  budget = FIRST_BUDGET;
  private readonly pending: { submitted: number; cost: number }[] = [];
  private latency = Infinity;

  /** Whether the device is keeping up, so that more may be submitted. */
  ready(now: number): boolean {
    const oldest = this.pending[0];
    if (!oldest) return true;
    const latency = Number.isFinite(this.latency) ? this.latency : 0;
    return now - oldest.submitted < latency + PATIENCE;
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
    if (excess > 2 * AIM) this.budget = Math.max(FIRST_BUDGET / 64, this.budget * 0.8);
    else if (excess < AIM) this.budget *= 1.25;
  }
}
