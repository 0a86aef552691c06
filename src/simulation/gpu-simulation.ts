import { weightCount } from '../engine/encoder.ts';
import { describeLoss, onDeviceLoss } from '../engine/webgpu/device-loss.ts';
import { describeAdapter, isSoftware } from '../engine/webgpu/request-gpu.ts';
import { Readback } from '../engine/webgpu/memory.ts';
import { submit } from '../engine/webgpu/submit.ts';
import { WorkCursor } from '../engine/webgpu/work.ts';
import { Allowance } from './allowance.ts';
import { Pacing } from './gpu/pacing.ts';
import { placeOf } from './place.ts';
import { resolve } from './resolve.ts';
import { encodeEveryPoint } from './gpu/encoding.ts';
import type { Encoding } from './gpu/encoding.ts';
import type { Measurement } from './gpu/measurement.ts';
import { createProjector } from './gpu/projector.ts';
import type { Projector } from './gpu/projector.ts';
import { Reporter } from './gpu/reporter.ts';
import { createRunMemory, releaseRunMemory, writeRunState } from './gpu/run-memory.ts';
import type { RunMemory } from './gpu/run-memory.ts';
import { createStepProgram, stepKey } from './gpu/step-program.ts';
import type { StepProgram } from './gpu/step-program.ts';
import { Tracer } from './gpu/tracer.ts';
import { forgetsMoments } from './optimizer.ts';
import { encoderShapeOf } from './settings.ts';
import type { Hyperparameters, RunState, Start, Statistics } from './settings.ts';
import type { DisplayPositions, Simulation } from './simulation.ts';
import { startState } from './start.ts';
import type { TraceListener } from './trace.ts';

/** Milliseconds of work beside a frame: a GPU draws at full rate, a software adapter at 20 or more. */
const HARDWARE_AIM = 10;
const SOFTWARE_AIM = 12;

/**
 * A run that stays on the GPU: sample, loss, gradient, optimizer and projection are kernels, and nothing is awaited but
 * statistics, through a ring of staging buffers.
 * @param state goes on from there instead of from the seeded start; it is copied.
 * @throws InputError when the run does not fit the device, Error when a shader does not compile or the device is lost.
 */
export async function createGpuSimulation(
  device: GPUDevice,
  start: Start,
  hyperparameters: Hyperparameters,
  state: RunState = startState(start, hyperparameters.geometry),
): Promise<Simulation> {
  const memory = createRunMemory(device, start);
  writeRunState(device, memory, start, state);
  const programming = createStepProgram(device, memory, start, hyperparameters);
  const projecting = createProjector(device, memory, start);
  const shape = encoderShapeOf(start);
  const encoding = shape ? encodeEveryPoint(device, memory, start, shape) : Promise.resolve(undefined);
  const parts = [programming, projecting, encoding] as const;
  const [program, projector, everyPoint] = await Promise.all(parts).catch((error: unknown) => {
    for (const part of parts) {
      part.then(
        (made) => made?.dispose(),
        () => undefined,
      );
    }
    releaseRunMemory(memory);
    throw error;
  });
  // Nobody could be told of it yet.
  const loss = await Promise.race([device.lost, undefined]);
  if (loss) throw new Error(describeLoss(loss));
  return new GpuSimulation(
    device,
    start,
    hyperparameters,
    state.step,
    memory,
    program,
    projector,
    everyPoint,
  );
}

class GpuSimulation implements Simulation {
  readonly description: string;
  readonly start: Start;
  readonly positions: DisplayPositions;
  onFailure: ((reason: string) => void) | undefined;
  private readonly device: GPUDevice;
  private readonly memory: RunMemory;
  private readonly projector: Projector;
  /** With an encoder, what brings the embeddings of all points up to date with its weights. */
  private readonly everyPoint: Encoding | undefined;
  private readonly reporter: Reporter;
  private readonly pacing: Pacing;
  private readonly stopWatching: () => void;
  private readonly allowance = new Allowance();
  private program: StepProgram;
  /** The present program's, once it is there. */
  private measurement: Measurement | undefined;
  private measuring: Promise<void> | undefined;
  private hyperparameters: Hyperparameters;
  /** What the next step is to use, once it differs from what the present one uses. */
  private next: Hyperparameters | undefined;
  /** The key of a program for `next`, while it is being made. */
  private upcoming: string | undefined;
  private cursor: WorkCursor | undefined;
  private steps: number;
  /** Moments are to be set to zero before the next step. */
  private momentsForgotten = false;
  /** The run goes no further: it failed, or was disposed of. */
  private ended = false;
  private disposed = false;
  private tracer: Tracer | undefined;

  constructor(
    device: GPUDevice,
    start: Start,
    hyperparameters: Hyperparameters,
    steps: number,
    memory: RunMemory,
    program: StepProgram,
    projector: Projector,
    everyPoint: Encoding | undefined,
  ) {
    this.device = device;
    this.description = describeAdapter(device.adapterInfo);
    this.start = start;
    this.hyperparameters = hyperparameters;
    this.steps = steps;
    this.memory = memory;
    this.program = program;
    this.projector = projector;
    this.everyPoint = everyPoint;
    this.positions = { on: 'gpu', buffer: memory.positions, device };
    this.pacing = new Pacing(isSoftware(device.adapterInfo) ? SOFTWARE_AIM : HARDWARE_AIM);
    this.reporter = new Reporter(device, memory.report, everyPoint?.forward ?? [], () => this.report());
    program.configure(hyperparameters);
    everyPoint?.configure(hyperparameters);
    this.project();
    this.stopWatching = onDeviceLoss(device, (reason) => this.fail(new Error(reason)));
  }

  get stepsTaken(): number {
    return this.steps;
  }

  get statistics(): Statistics | undefined {
    return this.reporter.statistics;
  }

  trace(listener: TraceListener | undefined): void {
    this.tracer?.dispose();
    this.tracer = listener && !this.ended ? new Tracer(this.device, listener) : undefined;
  }

  configure(hyperparameters: Hyperparameters): void {
    if (this.ended) return;
    resolve(hyperparameters);
    this.momentsForgotten ||= forgetsMoments(this.next ?? this.hyperparameters, hyperparameters);
    this.next = hyperparameters;
    const key = stepKey(this.start, hyperparameters);
    if (key === this.upcoming) return;
    this.upcoming = key === this.program.key ? undefined : key;
    if (!this.upcoming) return;
    createStepProgram(this.device, this.memory, this.start, hyperparameters).then(
      (program) => this.adopt(program),
      (error: unknown) => {
        if (key === this.upcoming) this.fail(error);
      },
    );
  }

  advance(steps: number): void {
    const now = performance.now();
    this.allowance.grant(steps, now);
    if (this.ended || !this.pacing.ready(now)) return;
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
        this.cursor = new WorkCursor(this.program.works, 'step');
      }
      spent += this.cursor.encode(encoder, budget - spent, this.tracer);
      if (this.cursor.finished) {
        this.cursor = undefined;
        this.steps++;
        this.reporter.stepped();
        if (this.measurement) staging ??= this.reporter.encode(encoder, this.measurement, now, this.tracer);
      }
    }
    if (spent === 0) return;
    if (this.steps > before) this.encodeProjection(encoder);
    const done = this.submit(encoder);
    this.pacing.submitted(spent, now);
    const stepped = this.steps > before;
    void done.then(
      () => {
        this.pacing.finished(performance.now());
        if (stepped) this.measure();
      },
      () => undefined,
    );
    if (staging) void this.reporter.read(staging);
  }

  place(point: number, x: number, y: number, z: number): void {
    const { geometry } = this.next ?? this.hyperparameters;
    const place = placeOf(this.start, geometry, point, [x, y, z]);
    if (!place || this.ended) return;
    const { dimension } = this.start;
    const { queue } = this.device;
    const offset = 4 * point * dimension;
    queue.writeBuffer(this.memory.points, offset, place);
    queue.writeBuffer(this.memory.firstMoments, offset, new Float32Array(dimension));
    queue.writeBuffer(this.memory.secondMoments, offset, new Float32Array(dimension));
    this.project();
    this.reporter.moved();
  }

  async snapshot(): Promise<RunState> {
    if (this.disposed) throw new Error('The run was disposed of.');
    const { points, weights, firstMoments, secondMoments, clock } = this.memory;
    const { dataset, dimension } = this.start;
    const shape = encoderShapeOf(this.start);
    const refreshing = this.device.createCommandEncoder({ label: 'embeddings' });
    new WorkCursor(this.everyPoint?.forward ?? [], 'embeddings').encode(refreshing, Infinity);
    this.device.queue.submit([refreshing.finish()]);
    const readback = new Readback(this.device);
    const regions = [points, weights, firstMoments, secondMoments].map((buffer) => readback.add(buffer));
    const clockRegion = readback.add(clock);
    const forget = this.momentsForgotten;
    const bytes = await readback.read();
    const coordinates = dataset.points * dimension;
    const learned = shape ? weightCount(shape) : coordinates;
    const valuesOf = (region: number, size: number) =>
      new Float32Array(bytes, regions[region].offset, size).slice();
    const momentsOf = (region: number) => (forget ? new Float32Array(learned) : valuesOf(region, learned));
    const [step, optimizerSteps] = new Uint32Array(bytes, clockRegion.offset, 2);
    return {
      step,
      embeddings: valuesOf(0, coordinates),
      ...(shape && { weights: valuesOf(1, learned) }),
      firstMoments: momentsOf(2),
      secondMoments: momentsOf(3),
      optimizerSteps: forget ? 0 : optimizerSteps,
    };
  }

  dispose(): void {
    if (this.disposed) return;
    this.ended = true;
    this.disposed = true;
    this.stopWatching();
    this.tracer?.dispose();
    this.reporter.dispose();
    this.program.dispose();
    this.projector.dispose();
    this.everyPoint?.dispose();
    releaseRunMemory(this.memory);
  }

  /** Between two steps: hyperparameters that are waiting take effect, unless their program is still being made. */
  private applyNext(): void {
    if (!this.next || stepKey(this.start, this.next) !== this.program.key) return;
    this.forgetMoments();
    this.hyperparameters = this.next;
    this.next = undefined;
    this.program.configure(this.hyperparameters);
    this.everyPoint?.configure(this.hyperparameters);
  }

  private forgetMoments(): void {
    if (!this.momentsForgotten) return;
    this.momentsForgotten = false;
    const encoder = this.device.createCommandEncoder({ label: 'forget moments' });
    encoder.clearBuffer(this.memory.firstMoments);
    encoder.clearBuffer(this.memory.secondMoments);
    encoder.clearBuffer(this.memory.clock, 4, 4);
    this.device.queue.submit([encoder.finish()]);
  }

  /** Takes over a program that has been made, unless settings have moved on. */
  private adopt(program: StepProgram): void {
    if (this.ended || program.key !== this.upcoming) {
      program.dispose();
      return;
    }
    this.upcoming = undefined;
    // Nothing of a step is kept before the optimizer has run, so one in progress begins anew.
    this.cursor = undefined;
    this.program.dispose();
    this.program = program;
    program.configure(this.next ?? this.hyperparameters);
    this.reporter.begin();
    this.measurement = undefined;
    this.measuring = undefined;
  }

  /** After the first step of a program; what was taken until it is ready is reported then. */
  private measure(): void {
    const { program } = this;
    if (this.measuring || this.ended) return;
    this.measuring = program.measure().then(
      (measurement) => {
        if (program !== this.program) return;
        this.measurement = measurement;
        this.report();
      },
      (error: unknown) => {
        if (program === this.program) this.fail(error);
      },
    );
  }

  private project(): void {
    const encoder = this.device.createCommandEncoder({ label: 'projection' });
    this.encodeProjection(encoder);
    void this.submit(encoder);
  }

  private encodeProjection(encoder: GPUCommandEncoder): void {
    const works = [...(this.everyPoint?.forward ?? []), ...this.projector.works()];
    new WorkCursor(works, 'picture').encode(encoder, Infinity, this.tracer);
  }

  /** Resolves when the device has done it. */
  private submit(encoder: GPUCommandEncoder): Promise<unknown> {
    this.tracer?.resolve(encoder);
    submit(this.device, encoder).catch((error: unknown) => this.fail(error));
    const done = this.device.queue.onSubmittedWorkDone();
    this.tracer?.submitted(done);
    return done;
  }

  /** Tells what the reports of the steps left untold; a step in progress will tell it when it ends. */
  private report(): void {
    if (this.ended || this.cursor || !this.measurement) return;
    const encoder = this.device.createCommandEncoder({ label: 'report' });
    const staging = this.reporter.encode(encoder, this.measurement, performance.now(), this.tracer);
    if (!staging) return;
    void this.submit(encoder);
    void this.reporter.read(staging);
  }

  private fail(error: unknown): void {
    if (this.ended) return;
    this.ended = true;
    this.onFailure?.(error instanceof Error ? error.message : String(error));
  }
}
