import { PassTimes } from '../../engine/webgpu/pass-times.ts';
import type { PassTimer } from '../../engine/webgpu/work.ts';
import type { TraceListener } from '../trace.ts';

/** Passes of one submission that are timed, and submissions that are timed while earlier ones are read back. */
const MOST_PASSES = 256;
const RING = 4;

/**
 * Tells when the passes of a run ran: by timestamps, laid onto the page's clock by the quickest answer ever seen from
 * the device; without them, one span from submitting to the end for all passes of a submission.
 */
export class Tracer implements PassTimer {
  private readonly listener: TraceListener;
  private readonly ring: readonly PassTimes[];
  private readonly free: PassTimes[];
  private readonly hasTimestamps: boolean;
  /** Of the submission that is being encoded. */
  private times: PassTimes | undefined;
  private labels: string[] = [];
  /** The page's clock less the device's. */
  private offset = Infinity;
  private disposed = false;

  constructor(device: GPUDevice, listener: TraceListener) {
    this.listener = listener;
    this.hasTimestamps = device.features.has('timestamp-query');
    this.ring = this.hasTimestamps
      ? Array.from({ length: RING }, () => new PassTimes(device, MOST_PASSES))
      : [];
    this.free = [...this.ring];
  }

  timestampWrites(label: string): GPUComputePassTimestampWrites | undefined {
    this.labels.push(label);
    this.times ??= this.free.pop();
    return this.times?.timestampWrites(label);
  }

  /** Call once all passes are encoded. */
  resolve(encoder: GPUCommandEncoder): void {
    this.times?.resolve(encoder);
  }

  /** Call once they are submitted; `done` resolves when they have run. */
  submitted(done: Promise<unknown>): void {
    const { times, labels } = this;
    this.times = undefined;
    this.labels = [];
    if (labels.length === 0) return;
    const begin = performance.now();
    const told = times
      ? this.tellTimes(times, done)
      : this.hasTimestamps
        ? done
        : this.tellWall(labels, begin, done);
    // The device was lost, or the run disposed of, which is reported once and elsewhere.
    told.catch(() => undefined);
  }

  dispose(): void {
    this.disposed = true;
    for (const times of this.ring) times.dispose();
  }

  private async tellTimes(times: PassTimes, done: Promise<unknown>): Promise<void> {
    const [passes, doneAt] = await Promise.all([times.read(), done.then(() => performance.now())]);
    if (this.disposed) return;
    this.free.push(times);
    this.offset = Math.min(this.offset, doneAt - Math.max(...passes.map(({ end }) => end)));
    this.listener(
      passes.map(({ label, begin, end }) => ({
        label,
        begin: begin + this.offset,
        end: end + this.offset,
        clock: 'gpu',
      })),
    );
  }

  private async tellWall(labels: readonly string[], begin: number, done: Promise<unknown>): Promise<void> {
    await done;
    if (this.disposed) return;
    const label = [...new Set(labels)].join(', ');
    this.listener([{ label, begin, end: performance.now(), clock: 'wall' }]);
  }
}
