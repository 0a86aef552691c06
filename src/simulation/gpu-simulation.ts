import metricsShader from '../../shaders/metrics.wgsl?raw';
import { describeAdapter, isSoftware } from '../engine/webgpu/request-gpu.ts';
import { Readback } from '../engine/webgpu/memory.ts';
import { fieldsOf } from '../engine/webgpu/wgsl.ts';
import { WorkCursor } from '../engine/webgpu/work.ts';
import { Allowance } from './allowance.ts';
import { Pacing } from './gpu/pacing.ts';
import { createProjector } from './gpu/projector.ts';
import type { Projector } from './gpu/projector.ts';
import { createRunMemory } from './gpu/run-memory.ts';
import type { RunMemory } from './gpu/run-memory.ts';
import { createStepProgram, resolve, stepKey } from './gpu/step-program.ts';
import type { StepProgram } from './gpu/step-program.ts';
import { forgetsMoments } from './optimizer.ts';
import type { Hyperparameters, RunState, Start, Statistics } from './settings.ts';
import type { DisplayPositions, Simulation } from './simulation.ts';
import { startState } from './start.ts';

/** Milliseconds between two measurements of alignment and uniformity, which cost more than a small step. */
const MEASURE_EVERY = 250;

/** Milliseconds of work beside a frame: a GPU draws at full rate, a software adapter at 25 frames a second or so. */
const HARDWARE_AIM = 10;
const SOFTWARE_AIM = 35;

/** Staging buffers for statistics: enough for a browser that answers after 100 ms. */
const RING = 4;

const REPORT_BYTES = 32;

/**
 * A run that stays on the GPU: sample, loss, gradient, optimizer and projection are kernels, and nothing is awaited but
 * statistics, through a ring of staging buffers.
 * @param state goes on from there instead of from the seeded start; it is copied.
 * @throws InputError when the run does not fit the device, Error when a shader does not compile.
 */
export async function createGpuSimulation(
  device: GPUDevice,
  start: Start,
  hyperparameters: Hyperparameters,
  state: RunState = startState(start, hyperparameters.geometry),
): Promise<Simulation> {
  const memory = createRunMemory(device, start, state);
  const [program, projector] = await Promise.all([
    createStepProgram(device, memory, start, hyperparameters),
    createProjector(device, memory, start),
  ]);
  return new GpuSimulation(device, start, hyperparameters, state.step, memory, program, projector);
}

class GpuSimulation implements Simulation {
  readonly description: string;
  readonly start: Start;
  readonly positions: DisplayPositions;
  statistics: Statistics | undefined;
  onFailure: ((reason: string) => void) | undefined;
  private readonly device: GPUDevice;
  private readonly memory: RunMemory;
  private readonly projector: Projector;
  private readonly ring: GPUBuffer[];
  private readonly pacing: Pacing;
  private readonly allowance = new Allowance();
  private program: StepProgram;
  private hyperparameters: Hyperparameters;
  /** What the next step is to use, once it differs from what the present one uses. */
  private next: Hyperparameters | undefined;
  /** A program for `next`, while it is being made. */
  private upcoming: string | undefined;
  private cursor: WorkCursor | undefined;
  private steps: number;
  /** Steps were taken that no report has told of. */
  private reportDue = false;
  private lastMeasured = -Infinity;
  private disposed = false;

  constructor(
    device: GPUDevice,
    start: Start,
    hyperparameters: Hyperparameters,
    steps: number,
    memory: RunMemory,
    program: StepProgram,
    projector: Projector,
  ) {
    this.device = device;
    this.description = describeAdapter(device.adapterInfo);
    this.start = start;
    this.hyperparameters = hyperparameters;
    this.steps = steps;
    this.memory = memory;
    this.program = program;
    this.projector = projector;
    this.positions = { on: 'gpu', buffer: memory.positions, device };
    this.pacing = new Pacing(isSoftware(device.adapterInfo) ? SOFTWARE_AIM : HARDWARE_AIM);
    this.ring = Array.from({ length: RING }, (_, index) =>
      device.createBuffer({
        label: `run: statistics ${index}`,
        size: REPORT_BYTES,
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      }),
    );
    program.configure(hyperparameters);
    this.project();
    void device.lost.then(({ message, reason }) => {
      this.fail(`The graphics device was lost (${message || reason}).`);
    });
  }

  get stepsTaken(): number {
    return this.steps;
  }

  configure(hyperparameters: Hyperparameters): void {
    resolve(hyperparameters);
    this.next = hyperparameters;
    const key = stepKey(this.start, hyperparameters);
    if (key === this.program.key || key === this.upcoming) return;
    this.upcoming = key;
    createStepProgram(this.device, this.memory, this.start, hyperparameters).then(
      (program) => this.adopt(program),
      (error: unknown) => this.fail(error instanceof Error ? error.message : String(error)),
    );
  }

  advance(steps: number): void {
    const now = performance.now();
    this.allowance.grant(steps, now);
    if (this.disposed || !this.pacing.ready(now)) return;
    const encoder = this.device.createCommandEncoder({ label: 'run' });
    const { budget } = this.pacing;
    const before = this.steps;
    let spent = 0;
    let staging: GPUBuffer | undefined;
    while (spent < budget) {
      if (!this.cursor) {
        // Uniforms are written when the queue gets them, not when they are encoded: they wait for the next frame.
        if (this.next && spent > 0) break;
        this.applyNext();
        if (!this.allowance.take(now)) break;
        this.cursor = new WorkCursor(this.program.works);
      }
      spent += this.cursor.encode(encoder, budget - spent);
      if (this.cursor.finished) {
        this.cursor = undefined;
        this.steps++;
        this.reportDue = true;
        staging ??= this.encodeReport(encoder, now);
      }
    }
    if (spent === 0) return;
    if (this.steps > before) this.projector.encode(encoder);
    this.device.queue.submit([encoder.finish()]);
    this.pacing.submitted(spent, now);
    void this.device.queue.onSubmittedWorkDone().then(
      () => this.pacing.finished(performance.now()),
      () => undefined,
    );
    if (staging) void this.readReport(staging);
  }

  place(point: number, x: number, y: number, z: number): void {
    const { dimension } = this.start;
    const place = [x, y, z].slice(0, dimension);
    const length = Math.hypot(...place);
    const { geometry } = this.next ?? this.hyperparameters;
    const factor = geometry === 'sphere' ? 1 / length : 1;
    if (this.disposed || !Number.isFinite(length * factor)) return;
    const offset = 4 * point * dimension;
    const { queue } = this.device;
    queue.writeBuffer(
      this.memory.points,
      offset,
      Float32Array.from(place, (coordinate) => coordinate * factor),
    );
    queue.writeBuffer(this.memory.firstMoments, offset, new Float32Array(dimension));
    queue.writeBuffer(this.memory.secondMoments, offset, new Float32Array(dimension));
    this.project();
  }

  async snapshot(): Promise<RunState> {
    const { points, firstMoments, secondMoments, clock } = this.memory;
    const readback = new Readback(this.device);
    const regions = [points, firstMoments, secondMoments].map((buffer) => readback.add(buffer));
    const clockRegion = readback.add(clock);
    const bytes = await readback.read();
    const size = this.start.dataset.points * this.start.dimension;
    const [embeddings, first, second] = regions.map(({ offset }) =>
      new Float32Array(bytes, offset, size).slice(),
    );
    const [step, optimizerSteps] = new Uint32Array(bytes, clockRegion.offset, 2);
    return { step, embeddings, firstMoments: first, secondMoments: second, optimizerSteps };
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.program.dispose();
    this.projector.dispose();
    for (const buffer of [...Object.values(this.memory), ...this.ring] as GPUBuffer[]) buffer.destroy();
  }

  /** Between two steps: hyperparameters that are waiting take effect, unless their program is still being made. */
  private applyNext(): void {
    if (!this.next || stepKey(this.start, this.next) !== this.program.key) return;
    if (forgetsMoments(this.hyperparameters, this.next)) {
      const encoder = this.device.createCommandEncoder({ label: 'forget moments' });
      encoder.clearBuffer(this.memory.firstMoments);
      encoder.clearBuffer(this.memory.secondMoments);
      encoder.clearBuffer(this.memory.clock, 4, 4);
      this.device.queue.submit([encoder.finish()]);
    }
    this.hyperparameters = this.next;
    this.next = undefined;
    this.program.configure(this.hyperparameters);
  }

  /** Takes over a program that has been made, unless settings have moved on. */
  private adopt(program: StepProgram): void {
    if (this.disposed || program.key !== this.upcoming) {
      program.dispose();
      return;
    }
    this.upcoming = undefined;
    if (program.key === this.program.key) {
      program.dispose();
      return;
    }
    // Nothing of a step is kept before the optimizer has run, so one in progress begins anew.
    this.cursor = undefined;
    this.program.dispose();
    this.program = program;
    program.configure(this.next ?? this.hyperparameters);
    this.lastMeasured = -Infinity;
  }

  private project(): void {
    const encoder = this.device.createCommandEncoder({ label: 'projection' });
    this.projector.encode(encoder);
    this.device.queue.submit([encoder.finish()]);
  }

  /** Between two steps, and if any were taken since the last report and a staging buffer is free. */
  private encodeReport(encoder: GPUCommandEncoder, now: number): GPUBuffer | undefined {
    if (!this.reportDue || this.cursor || this.disposed) return undefined;
    const staging = this.ring.pop();
    if (!staging) return undefined;
    this.reportDue = false;
    const due = now - this.lastMeasured >= MEASURE_EVERY;
    if (due) this.lastMeasured = now;
    new WorkCursor([...(due ? this.program.measurements : []), this.program.report]).encode(
      encoder,
      Infinity,
    );
    encoder.copyBufferToBuffer(this.memory.report, 0, staging, 0, REPORT_BYTES);
    return staging;
  }

  private async readReport(staging: GPUBuffer): Promise<void> {
    try {
      await staging.mapAsync(GPUMapMode.READ);
      const view = new DataView(staging.getMappedRange());
      const values = fieldsOf(metricsShader, 'Report').map(({ name, type }, index) => [
        name,
        type === 'u32' ? view.getUint32(4 * index, true) : view.getFloat32(4 * index, true),
      ]);
      staging.unmap();
      this.ring.push(staging);
      this.statistics = Object.fromEntries(values) as unknown as Statistics;
      this.reportLate();
    } catch {
      // The run was disposed of, or the device was lost, which is reported once and elsewhere.
    }
  }

  /** The last steps before a pause may have found no free staging buffer. */
  private reportLate(): void {
    const encoder = this.device.createCommandEncoder({ label: 'report' });
    const staging = this.encodeReport(encoder, performance.now());
    if (!staging) return;
    this.device.queue.submit([encoder.finish()]);
    void this.readReport(staging);
  }

  private fail(reason: string): void {
    if (this.disposed) return;
    this.dispose();
    this.onFailure?.(reason);
  }
}
