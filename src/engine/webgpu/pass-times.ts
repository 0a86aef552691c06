import type { PassTimer } from './work.ts';

const NANOSECONDS = 1e-6;

/** When a pass ran, in milliseconds of the device's own clock. */
export interface PassTime {
  label: string;
  begin: number;
  end: number;
}

/**
 * Timestamps around the passes of one submission at a time, on a device with 'timestamp-query': while passes are encoded
 * it is their timer; then `resolve`, submit, `read`.
 */
export class PassTimes implements PassTimer {
  private readonly most: number;
  private readonly queries: GPUQuerySet;
  private readonly resolved: GPUBuffer;
  private readonly staging: GPUBuffer;
  private labels: string[] = [];

  /** @param most passes that are timed; those after them are not. */
  constructor(device: GPUDevice, most: number) {
    this.most = most;
    const label = 'pass times';
    const size = 16 * most;
    this.queries = device.createQuerySet({ label, type: 'timestamp', count: 2 * most });
    this.resolved = device.createBuffer({
      label,
      size,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
    this.staging = device.createBuffer({
      label,
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
  }

  timestampWrites(label: string): GPUComputePassTimestampWrites | undefined {
    if (this.labels.length === this.most) return undefined;
    const pass = this.labels.push(label) - 1;
    return { querySet: this.queries, beginningOfPassWriteIndex: 2 * pass, endOfPassWriteIndex: 2 * pass + 1 };
  }

  /** Encodes what brings the timestamps to the host. */
  resolve(encoder: GPUCommandEncoder): void {
    if (this.labels.length === 0) return;
    encoder.resolveQuerySet(this.queries, 0, 2 * this.labels.length, this.resolved, 0);
    encoder.copyBufferToBuffer(this.resolved, 0, this.staging, 0, 16 * this.labels.length);
  }

  /** @throws Error when the device is lost. */
  async read(): Promise<PassTime[]> {
    const { labels } = this;
    this.labels = [];
    if (labels.length === 0) return [];
    await this.staging.mapAsync(GPUMapMode.READ, 0, 16 * labels.length);
    const stamps = new BigUint64Array(this.staging.getMappedRange(0, 16 * labels.length)).slice();
    this.staging.unmap();
    const at = (index: number) => Number(stamps[index]) * NANOSECONDS;
    // A device may set its clock back between two stamps.
    return labels.map((label, pass) => ({
      label,
      begin: at(2 * pass),
      end: Math.max(at(2 * pass), at(2 * pass + 1)),
    }));
  }

  dispose(): void {
    this.queries.destroy();
    this.resolved.destroy();
    this.staging.destroy();
  }
}
