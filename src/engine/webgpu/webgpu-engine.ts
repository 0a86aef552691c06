import type { ParameterValues } from '../../losses/loss.ts';
import type { AnyLoss, LossSpec } from '../../losses/registry.ts';
import type { Batch, Engine, EvaluateOptions, Evaluation, Metric } from '../engine.ts';
import { validateEvaluation, validateSimilarity, validateSoftmax } from '../validate.ts';
import type { BatchLayout } from '../validate.ts';
import { onDeviceLoss } from './device-loss.ts';
import { refuseBeyondDispatch, refuseBeyondLimits, Readback } from './memory.ts';
import { PairProgram } from './pair-program.ts';
import { pairLabels, pairLayout } from './pair-shape.ts';
import type { PairShape } from './pair-shape.ts';
import { runInSlices } from './run-in-slices.ts';
import { MATRIX_TILE, similarityMatrix } from './similarity.ts';
import { softmaxRows } from './softmax.ts';

/** Floats per quad in the row terms (losses of four rows, then counts) and in the pull sums (see gradient.wgsl). */
const PER_QUAD = 8;

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
  private idle: { key: string; program: PairProgram } | undefined;

  /** @param ownsDevice whether `dispose` also destroys the device. */
  constructor(device: GPUDevice, description: string, ownsDevice: boolean) {
    this.device = device;
    this.description = description;
    this.ownsDevice = ownsDevice;
    this.stopWatching = onDeviceLoss(device, (reason) => {
      this.ended ??= reason;
    });
  }

  async evaluate(spec: LossSpec, batch: Batch, options: EvaluateOptions = {}): Promise<Evaluation> {
    const { loss, values, layout } = validateEvaluation(spec, batch);
    options.signal?.throwIfAborted();
    const shape: PairShape = {
      kind: layout.kind,
      dimension: layout.dimension,
      rows: layout.rows,
      extraNegatives: layout.extraNegatives,
      refines: Boolean(loss.refines) && 'labels' in batch && hasLargeGroup(batch.labels),
      gradient: Boolean(options.gradient),
      parameterGradients: Boolean(options.gradient),
    };
    refuseBeyondLimits(this.device, 'batch', PairProgram.largestBuffer(loss, shape));
    return this.guarded(async () => {
      const key = JSON.stringify([loss.kind, shape]);
      const program = this.takeIdle(key) ?? (await PairProgram.create(this.device, loss, shape));
      try {
        program.setParameters(values);
        this.upload(program, loss, shape, batch);
        await runInSlices(this.device, program.works, options);
        return await this.read(program, loss, values, layout, shape, options);
      } finally {
        this.idle?.program.dispose();
        this.idle = { key, program };
        if (this.ended) this.releaseIdle();
      }
    }, options.signal);
  }

  async similarity(batch: Batch, { metric = 'cosine' }: { metric?: Metric } = {}): Promise<Float32Array> {
    const layout = validateSimilarity(batch, metric);
    refuseBeyondLimits(this.device, 'batch', 4 * layout.rows * layout.columns);
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
    this.ended ??= 'The engine was disposed of.';
    this.stopWatching();
    this.releaseIdle();
    if (this.ownsDevice) this.device.destroy();
  }

  private takeIdle(key: string): PairProgram | undefined {
    if (this.idle?.key !== key) return undefined;
    const { program } = this.idle;
    this.idle = undefined;
    return program;
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
      if (signal?.aborted) throw error;
      // A loss is told after the failures that it causes.
      const timer = new Promise((resolve) => setTimeout(resolve, LOSS_TOLD_WITHIN));
      await Promise.race([this.device.lost, timer]);
      throw this.ended ? new Error(this.ended, { cause: error }) : error;
    }
  }

  private upload(program: PairProgram, loss: AnyLoss, shape: PairShape, batch: Batch): void {
    const { queue } = this.device;
    const { embeddings, labels } = program.buffers;
    if ('embeddings' in batch) {
      write(queue, embeddings, 0, batch.embeddings);
      write(queue, labels, 0, batch.labels);
      return;
    }
    const { keyStart } = pairLayout(shape, loss.anchors);
    const row = 4 * shape.dimension;
    write(queue, embeddings, 0, batch.queries);
    write(queue, embeddings, keyStart * row, batch.keys);
    if (batch.negatives) write(queue, embeddings, (keyStart + shape.rows) * row, batch.negatives);
    write(queue, labels, 0, pairLabels(shape, keyStart));
  }

  private async read(
    program: PairProgram,
    loss: AnyLoss,
    values: ParameterValues,
    layout: BatchLayout,
    shape: PairShape,
    options: EvaluateOptions,
  ): Promise<Evaluation> {
    const { dimension, rows, extraNegatives } = shape;
    const { keyStart } = pairLayout(shape, loss.anchors);
    const towers = loss.anchors === 'both' ? 2 : 1;
    const readback = new Readback(this.device);
    const terms = readback.add(program.buffers.rowTerms);
    const sums = shape.gradient ? readback.add(program.buffers.pullSums) : undefined;
    const outputs = shape.gradient ? readback.add(program.buffers.outputs) : undefined;
    const bytes = await readback.read();

    const termLosses = new Float32Array(bytes, terms.offset, terms.size / 4);
    const termCounts = new Uint32Array(bytes, terms.offset, terms.size / 4);
    const rowLosses = new Float32Array(rows);
    let sum = 0;
    let count = 0;
    for (let tower = 0; tower < towers; tower++) {
      for (let row = 0; row < rows; row++) {
        const point = tower * keyStart + row;
        const at = (point >> 2) * PER_QUAD + (point & 3);
        sum += termLosses[at];
        count += termCounts[at + 4];
        rowLosses[row] += termLosses[at] / Math.max(1, termCounts[at + 4]) / towers;
      }
    }
    const result: Evaluation = { loss: count === 0 ? 0 : sum / count, count: count / towers };
    if (options.rowLosses) result.rowLosses = rowLosses;
    if (sums && outputs) {
      const pullSums = new Float32Array(bytes, sums.offset, sums.size / 4);
      const totals = { pullSimilarity: 0, pull: 0 };
      for (let at = 0; at < pullSums.length; at += PER_QUAD) {
        for (let lane = 0; lane < 4; lane++) {
          totals.pullSimilarity += pullSums[at + lane] / Math.max(1, count);
          totals.pull += pullSums[at + 4 + lane] / Math.max(1, count);
        }
      }
      result.parameterGradients = loss.parameterGradients(values, totals);
      const slice = (point: number, points: number) =>
        new Float32Array(
          bytes.slice(
            outputs.offset + 4 * point * dimension,
            outputs.offset + 4 * (point + points) * dimension,
          ),
        );
      result.gradient =
        layout.kind === 'labelled'
          ? { embeddings: slice(0, rows) }
          : {
              queries: slice(0, rows),
              keys: slice(keyStart, rows),
              ...(extraNegatives > 0 && { negatives: slice(keyStart + rows, extraNegatives) }),
            };
    }
    return result;
  }
}

function write(queue: GPUQueue, buffer: GPUBuffer, offset: number, data: Float32Array | Uint32Array): void {
  queue.writeBuffer(buffer, offset, data.buffer, data.byteOffset, data.byteLength);
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
