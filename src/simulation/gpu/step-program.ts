import datasetShader from '../../../shaders/dataset.wgsl?raw';
import optimizerShader from '../../../shaders/optimizer.wgsl?raw';
import randomShader from '../../../shaders/random.wgsl?raw';
import runStateShader from '../../../shaders/run-state.wgsl?raw';
import sampleShader from '../../../shaders/sample.wgsl?raw';
import { mostEntries, pairCount } from '../../data/dataset.ts';
import { weightCount } from '../../engine/encoder.ts';
import { kernel } from '../../engine/webgpu/kernel.ts';
import { createLossProgram, refines } from '../../engine/webgpu/loss-program.ts';
import { pairLabels, pairLayout } from '../../engine/webgpu/pair-shape.ts';
import type { PairShape } from '../../engine/webgpu/pair-shape.ts';
import { packUniform } from '../../engine/webgpu/wgsl.ts';
import { wholeWork } from '../../engine/webgpu/work.ts';
import type { Work } from '../../engine/webgpu/work.ts';
import { expectNegatives } from '../../engine/validate.ts';
import { resolve } from '../resolve.ts';
import { encoderShapeOf } from '../settings.ts';
import type { Hyperparameters, OptimizerKind, Start } from '../settings.ts';
import { encodeBatch } from './encoding.ts';
import { compileMeasurement, createMeasurement } from './measurement.ts';
import type { Measurement } from './measurement.ts';
import type { RunMemory } from './run-memory.ts';

/** As numbered in shaders/optimizer.wgsl. */
const OPTIMIZERS: Record<OptimizerKind, number> = { sgd: 0, momentum: 1, adam: 2 };

/** The kernels of one step for one loss and batch size, on the memory of a run. */
export interface StepProgram {
  /** Which loss and batch size it was built for: hyperparameters with the same key need no new program. */
  key: string;
  /** Sample, encoder forward, pair skeleton, encoder backward, optimizer and clock. Nothing of the run changes before the last of them. */
  works: readonly Work[];
  /** Compiles what measures the run; to be called once, when points move, so that they need not wait for it. */
  measure(): Promise<Measurement>;
  /** Live hyperparameters, for all work submitted from now on. */
  configure(hyperparameters: Hyperparameters): void;
  dispose(): void;
}

export function stepKey({ dataset }: Start, { loss, batchPairs }: Hyperparameters): string {
  return `${loss.kind} x ${Math.min(batchPairs, pairCount(dataset))}`;
}

/**
 * @throws InputError when the settings are bad or the batch does not fit the device.
 * @throws Error when a shader does not compile.
 */
export async function createStepProgram(
  device: GPUDevice,
  memory: RunMemory,
  start: Start,
  hyperparameters: Hyperparameters,
): Promise<StepProgram> {
  const { dataset, dimension } = start;
  const encoderShape = encoderShapeOf(start);
  const { loss } = resolve(hyperparameters);
  const pairs = Math.min(hyperparameters.batchPairs, pairCount(dataset));
  const isPaired = loss.batch === 'paired';
  const shape: PairShape = {
    kind: loss.batch,
    dimension,
    rows: Math.max(1, isPaired ? pairs : 2 * pairs),
    extraNegatives: 0,
    refines: refines(loss) && dataset.kind === 'classes',
    gradient: true,
    parameterGradients: false,
    entries: loss.skeleton === 'triplets' ? mostEntries(dataset, 2 * pairs) : 0,
  };
  if (pairs === 1 || (pairs > 0 && dataset.kind === 'classes' && dataset.classes === 1)) {
    expectNegatives(loss, false);
  }
  const compute = (label: string, source: string, entryPoint: string) =>
    kernel(device, { label, source, entryPoint });
  const optimizing = [runStateShader, optimizerShader].join('\n');
  const creating = createLossProgram(device, loss, shape, 'batchPairs');
  const compiling = Promise.all([
    compute('sample', [randomShader, datasetShader, runStateShader, sampleShader].join('\n'), 'sampleBatch'),
    kernel(device, {
      label: 'optimizer',
      source: optimizing,
      entryPoint: 'optimizePoints',
      constants: { EVERY_POINT: Number(encoderShape !== undefined) },
    }),
    compute('clock', optimizing, 'advanceClock'),
  ]);
  const [program, kernels] = await Promise.all([creating, compiling]).catch((error: unknown) => {
    creating.then(
      (made) => made.dispose(),
      () => undefined,
    );
    throw error;
  });
  const { keyStart } = pairLayout(shape, loss.anchors);
  const secondStart = isPaired ? keyStart : pairs;
  const { embeddings, labels, outputs, totals } = program.buffers;
  const encoding =
    encoderShape &&
    (await encodeBatch(
      device,
      memory,
      start,
      encoderShape,
      { rows: secondStart + Math.max(1, pairs), padding: { start: pairs, end: secondStart } },
      { embeddings, gradients: outputs },
    ).catch((error: unknown) => {
      program.dispose();
      throw error;
    }));
  const [sample, optimize, advance] = kernels;

  const uniform = (label: string, contents: ArrayBuffer) => {
    const size = contents.byteLength;
    const buffer = device.createBuffer({
      label,
      size,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    device.queue.writeBuffer(buffer, 0, contents);
    return buffer;
  };
  /** What the optimizer moves: points, or weights, each of which is a point of one coordinate in the plane. */
  const learned = encoderShape
    ? { points: weightCount(encoderShape), dimension: 1 }
    : { points: dataset.points, dimension };
  const optimizerValues = ({ optimizer, geometry, learningRate }: Hyperparameters) =>
    packUniform(optimizerShader, 'Optimizer', {
      ...learned,
      kind: OPTIMIZERS[optimizer],
      onSphere: Number(geometry === 'sphere' && !encoderShape),
      learningRate,
    });
  const uniforms = {
    sampling: uniform(
      'sampling',
      packUniform(sampleShader, 'Sampling', {
        pairs,
        secondStart,
        // Embeddings come from the encoder, not from the points.
        dimension: encoderShape ? 0 : dimension,
        paired: Number(isPaired),
      }),
    ),
    optimizer: uniform('optimizer', optimizerValues(hyperparameters)),
  };
  if (isPaired) device.queue.writeBuffer(labels, 0, pairLabels(shape, keyStart).slice());
  const resources = { ...memory, ...uniforms, embeddings, labels, gradients: outputs };
  const whole = (entry: typeof sample, invocations: number, size: number, cost: number) =>
    wholeWork(entry, resources, invocations, size, cost);
  const optimization = wholeWork(
    optimize,
    encoding ? { ...resources, points: memory.weights, gradients: encoding.weightGradients } : resources,
    learned.points,
    64,
    20 * learned.points * learned.dimension,
  );
  let disposed = false;
  let measurement: Measurement | undefined;

  return {
    key: stepKey(start, hyperparameters),
    works: [
      // Classes of one point each have no pairs: nothing to learn from, yet a run.
      ...(pairs > 0
        ? [
            whole(sample, pairs, 64, 2 * pairs * dimension),
            ...(encoding?.forward ?? []),
            ...program.works,
            ...(encoding?.backward ?? []),
          ]
        : []),
      // Together, so that a step is never left with its points moved and its clock behind.
      together(optimization, whole(advance, 1, 1, 1)),
    ],
    measure: async () => {
      const compiled = await compileMeasurement(device);
      if (disposed) throw new Error('The program was disposed of.');
      measurement = createMeasurement(device, compiled, memory, start, {
        gradients: outputs,
        totals,
        batchPoints: 2 * pairs,
        towers: loss.anchors === 'both' ? 2 : 1,
      });
      return measurement;
    },
    configure: (next) => {
      program.setParameters(resolve(next).values);
      encoding?.configure(next);
      device.queue.writeBuffer(uniforms.optimizer, 0, optimizerValues(next));
    },
    dispose: () => {
      disposed = true;
      program.dispose();
      encoding?.dispose();
      for (const buffer of Object.values(uniforms)) buffer.destroy();
      measurement?.dispose();
    },
  };
}

/** Two works that are dispatched one after the other without a chance to stop in between. */
function together(first: Work, second: Work): Work {
  return {
    label: `${first.label}, ${second.label}`,
    tiles: 1,
    tileCost: first.tileCost + second.tileCost,
    multiplyAdds: first.multiplyAdds + second.multiplyAdds,
    bytes: first.bytes + second.bytes,
    dispatch: (pass) => {
      first.dispatch(pass, 0, 1);
      second.dispatch(pass, 0, 1);
    },
  };
}
