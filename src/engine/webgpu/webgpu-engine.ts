import type { LossSpec } from '../../losses/registry.ts';
import type { Batch, Engine, EvaluateOptions, Evaluation, Metric } from '../engine.ts';
import { DISPOSED, isLabelled } from '../engine.ts';
import { validateEvaluation, validateSimilarity, validateSoftmax } from '../validate.ts';
import { InputError } from '../input-error.ts';
import { onDeviceLoss } from './device-loss.ts';
import { createLossProgram, refines } from './loss-program.ts';
import type { LossProgram } from './loss-program.ts';
import { refuseBeyondDispatch, refuseBeyondLimits } from './memory.ts';
import type { PairShape } from './pair-shape.ts';
import { runInSlices } from './run-in-slices.ts';
import { largestMatrixBuffer, MATRIX_TILE, similarityMatrix } from './similarity.ts';
import { softmaxRows } from './softmax.ts';

/** Milliseconds after a failure until a browser has said that the device was lost, if it was. */
const LOSS_TOLD_WITHIN = 250;

/** The kernels of shaders/ behind the Engine interface. */
export class WebGpuEngine implements Engine {
  readonly backend = 'webgpu';
  readonly description: string;
  private readonly device: GPUDevice;
  private readonly ownsDevice: boolean;
  /** Why nothing can be computed any more, once it is so. */
  private ended: string | undefined;
  private readonly stopWatching: () => void;
  /** The last program that was used, kept for the next evaluation of the same shape. */
  private idle: { key: string; program: LossProgram } | undefined;

  /** @param ownsDevice whether `dispose` also destroys the device. */
  constructor(device: GPUDevice, description: string, ownsDevice: boolean) {
    this.device = device;
    this.description = description;
    this.ownsDevice = ownsDevice;
    this.stopWatching = onDeviceLoss(device, (reason) => {
      this.ended ??= reason;
    });
  }

  get heldBytes(): number | undefined {
    if (!this.idle) return undefined;
    const buffers: GPUBuffer[] = Object.values(this.idle.program.buffers);
    return buffers.reduce((sum, { size }) => sum + size, 0);
  }

  async evaluate(spec: LossSpec, batch: Batch, options: EvaluateOptions = {}): Promise<Evaluation> {
    const { loss, values, layout } = validateEvaluation(spec, batch);
    options.signal?.throwIfAborted();
    const shape: PairShape = {
      kind: layout.kind,
      dimension: layout.dimension,
      rows: layout.rows,
      extraNegatives: layout.extraNegatives,
      refines: refines(loss) && isLabelled(batch) && hasLargeGroup(batch.labels),
      gradient: Boolean(options.gradient),
      parameterGradients: Boolean(options.gradient),
      entries: loss.skeleton === 'triplets' && isLabelled(batch) ? entriesOf(batch.labels) : 0,
    };
    return this.guarded(async () => {
      const key = JSON.stringify([loss.kind, shape]);
      const program = this.takeIdle(key) ?? (await createLossProgram(this.device, loss, shape, 'batch'));
      try {
        program.setParameters(values);
        program.upload(batch);
        await runInSlices(this.device, program.works, options);
        const evaluation = await program.read(values, options);
        this.keepIdle(key, program);
        return evaluation;
      } catch (error) {
        // A program that failed may have buffers that the device had no room for.
        if (options.signal?.aborted) this.keepIdle(key, program);
        else program.dispose();
        throw error;
      }
    }, options.signal);
  }

  async similarity(batch: Batch, { metric = 'cosine' }: { metric?: Metric } = {}): Promise<Float32Array> {
    const layout = validateSimilarity(batch, metric);
    refuseBeyondLimits(this.device, 'batch', largestMatrixBuffer(layout));
    refuseBeyondDispatch(this.device, 'batch', Math.max(layout.rows, layout.columns) / MATRIX_TILE);
    return this.guarded(() => similarityMatrix(this.device, batch, layout, metric));
  }

  async softmax(
    logits: Float32Array,
    shape: { rows: number; columns: number },
    temperature: number,
  ): Promise<Float32Array> {
    validateSoftmax(logits, shape, temperature);
    refuseBeyondLimits(this.device, 'logits', logits.byteLength);
    return this.guarded(() => softmaxRows(this.device, logits, shape, temperature));
  }

  dispose(): void {
    this.ended ??= DISPOSED;
    this.stopWatching();
    this.releaseIdle();
    if (this.ownsDevice) this.device.destroy();
  }

  private takeIdle(key: string): LossProgram | undefined {
    if (this.idle?.key !== key) return undefined;
    const { program } = this.idle;
    this.idle = undefined;
    return program;
  }

  private keepIdle(key: string, program: LossProgram): void {
    this.releaseIdle();
    if (this.ended) program.dispose();
    else this.idle = { key, program };
  }

  private releaseIdle(): void {
    this.idle?.program.dispose();
    this.idle = undefined;
  }

  /** Says clearly that the device or the engine went away, whatever the failing call said. */
  private async guarded<Result>(run: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    if (this.ended) throw new Error(this.ended);
    try {
      return await run();
    } catch (error) {
      if (signal?.aborted || error instanceof InputError) throw error;
      // A loss is told after the failures that it causes.
      const timer = new Promise((resolve) => setTimeout(resolve, LOSS_TOLD_WITHIN));
      await Promise.race([this.device.lost, timer]);
      throw this.ended ? new Error(this.ended, { cause: error }) : error;
    }
  }
}

/** The sum of the classes' squares. */
function entriesOf(labels: Uint32Array): number {
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  return [...sizes.values()].reduce((sum, size) => sum + size * size, 0);
}

/** Whether any label is carried by three points or more, so that an anchor has several positives. */
function hasLargeGroup(labels: Uint32Array): boolean {
  const sizes = new Map<number, number>();
  for (const label of labels) {
    const size = (sizes.get(label) ?? 0) + 1;
    if (size > 2) return true;
    sizes.set(label, size);
  }
  return false;
}
