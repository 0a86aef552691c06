import metricsShader from '../../../shaders/metrics.wgsl?raw';
import { fieldsOf } from '../../engine/webgpu/wgsl.ts';
import { WorkCursor } from '../../engine/webgpu/work.ts';
import type { PassTimer, Work } from '../../engine/webgpu/work.ts';
import type { Statistics } from '../settings.ts';
import type { Measurement } from './measurement.ts';

/** Milliseconds between two measurements of alignment and uniformity, which cost more than a small step. */
const MEASURE_EVERY = 250;

/** Staging buffers for statistics: enough for a browser that answers after 100 ms. */
const RING = 4;

const REPORT_BYTES = 32;

/** Reads the statistics of a run back through a ring of staging buffers, so that nothing waits for them. */
export class Reporter {
  /** The newest, or undefined before the first. */
  statistics: Statistics | undefined;
  private readonly ring: readonly GPUBuffer[];
  /** Those of them that no report is under way in. */
  private readonly free: GPUBuffer[];
  /** The buffer that Measurement.report writes. */
  private readonly source: GPUBuffer;
  /** What brings the embeddings that are measured up to date. */
  private readonly refreshing: readonly Work[];
  private readonly onMoreToTell: () => void;
  /** The present program has finished a step, so that its totals mean something. */
  private hasTotals = false;
  private stepsDue = false;
  private measurementDue = false;
  private lastMeasured = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private disposed = false;

  /** @param onMoreToTell called when a report left something untold and another may be encoded. */
  constructor(device: GPUDevice, source: GPUBuffer, refreshing: readonly Work[], onMoreToTell: () => void) {
    this.source = source;
    this.refreshing = refreshing;
    this.onMoreToTell = onMoreToTell;
    this.ring = Array.from({ length: RING }, (_, index) =>
      device.createBuffer({
        label: `run: statistics ${index}`,
        size: REPORT_BYTES,
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      }),
    );
    this.free = [...this.ring];
  }

  /** A step was taken. */
  stepped(): void {
    this.hasTotals = true;
    this.stepsDue = true;
    this.measurementDue = true;
  }

  /** A point was moved by hand. */
  moved(): void {
    this.measurementDue = true;
    this.tellMore();
  }

  /** Another program takes over, which has computed nothing yet. */
  begin(): void {
    this.hasTotals = false;
    this.lastMeasured = -Infinity;
  }

  /** Between two steps: encodes a report if there is news and a staging buffer is free. Then `read` what it returns. */
  encode(
    encoder: GPUCommandEncoder,
    { metrics, report }: Measurement,
    now: number,
    timer?: PassTimer,
  ): GPUBuffer | undefined {
    const measures = this.measurementDue && now - this.lastMeasured >= MEASURE_EVERY;
    if (!this.hasTotals || !(this.stepsDue || measures)) return undefined;
    const staging = this.free.pop();
    if (!staging) return undefined;
    this.stepsDue = false;
    if (measures) {
      this.measurementDue = false;
      this.lastMeasured = now;
    }
    const works = [...this.refreshing, ...(measures ? metrics : []), report];
    new WorkCursor(works, 'report').encode(encoder, Infinity, timer);
    encoder.copyBufferToBuffer(this.source, 0, staging, 0, REPORT_BYTES);
    return staging;
  }

  /** Call once the report is submitted. */
  async read(staging: GPUBuffer): Promise<void> {
    try {
      await staging.mapAsync(GPUMapMode.READ);
      const view = new DataView(staging.getMappedRange());
      const values = fieldsOf(metricsShader, 'Report').map(({ name, type }, index) => [
        name,
        type === 'u32' ? view.getUint32(4 * index, true) : view.getFloat32(4 * index, true),
      ]);
      staging.unmap();
      this.statistics = Object.fromEntries(values) as unknown as Statistics;
    } catch {
      // The run was disposed of, or the device was lost, which is reported once and elsewhere.
      return;
    }
    this.free.push(staging);
    this.tellMore();
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    for (const staging of this.ring) staging.destroy();
  }

  /** The last steps before a pause may have found no free staging buffer, or been too close to a measurement. */
  private tellMore(): void {
    clearTimeout(this.timer);
    if (this.disposed) return;
    if (this.stepsDue) this.onMoreToTell();
    else if (this.measurementDue) this.timer = setTimeout(this.onMoreToTell, MEASURE_EVERY);
  }
}
