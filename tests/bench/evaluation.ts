import type { ModulePage } from '../browser/open-page.ts';
import type { Kind, LargeEvaluation } from './evaluation.page.ts';
import { rounded, summarize } from './report.ts';
import type { Topic } from './report.ts';

export const EVALUATION_PAGE = '/tests/bench/evaluation.page.ts';

const SHAPES = [
  [256, 3],
  [1024, 32],
  [2048, 64],
  [4096, 3],
  [4096, 128],
] as const;

/**
 * Multiply-adds per pair and dimension of the fused algorithm, which computes each similarity twice: once for the loss,
 * once more for the gradient. NT-Xent then adds one product to a row; InfoNCE adds one to a query and one to a key.
 */
const PASSES: Record<Kind, number> = { 'nt-xent': 3, 'info-nce': 4 };
const KINDS = Object.keys(PASSES) as Kind[];

/** A stored matrix of float32 would take 1 GiB, and 16. */
const LARGE = { points: 16_384, dimension: 32 };
const HUGE = { points: 65_536, dimension: 32 };
const MIB = 2 ** 20;
const MOST_MIB = 64;
/** Row losses are near 10, where float32 resolves 1e-6; rounding of 32 products and a temperature of 0.1 comes on top. */
const MOST_ROW_ERROR = 1e-4;

/** How long an evaluation with gradient takes. */
export async function measureEvaluation({ call }: ModulePage): Promise<Topic> {
  const topic: Topic = {
    title: 'Evaluate with gradient, ms',
    rows: [],
    notes: [
      'GFLOP/s: 2 c N² d / time, with c = 3 for NT-Xent (similarity, similarity again, gradient) and c = 4 for InfoNCE (two gradients).',
      'Exponentials and everything else count as nothing, which at d = 3 is most of the work. Symmetry is not counted either.',
    ],
    requirements: [],
  };
  for (const kind of KINDS) {
    for (const [count, dimension] of SHAPES) {
      const webgpu = summarize(await call<number[]>('timesOf', 'webgpu', kind, count, dimension));
      const cpu = summarize(await call<number[]>('timesOf', 'cpu', kind, count, dimension));
      const speed = (milliseconds: number) =>
        (2 * PASSES[kind] * count ** 2 * dimension) / milliseconds / 1e6;
      topic.rows.push({
        loss: kind,
        N: count,
        d: dimension,
        webgpu,
        cpu,
        'webgpu / cpu': webgpu.median / cpu.median,
        'webgpu, GFLOP/s': speed(webgpu.median),
        'cpu, GFLOP/s': speed(cpu.median),
      });
    }
  }
  return topic;
}

/** What a large evaluation takes of memory, and whether it is right. */
export async function measureMemory({ call }: ModulePage): Promise<Topic> {
  const topic: Topic = {
    title: 'Memory of evaluate with gradient',
    rows: [],
    notes: ['Beside: beyond what comes in and what goes out.'],
    requirements: [],
  };
  const measure = async (
    backend: 'webgpu' | 'cpu',
    kind: Kind,
    { points, dimension }: typeof LARGE,
    isBeside: boolean,
  ) => {
    const large = await call<LargeEvaluation>('evaluateLarge', backend, kind, points, dimension);
    // Points come in and gradients go out: in buffers of the device, and in arrays beside the memory of the CPU's kernels.
    const inAndOut = (2 * (kind === 'info-nce' ? 2 : 1) * 4 * points * dimension) / MIB;
    const held = large.peakBytes / MIB;
    const all = backend === 'cpu' ? held + inAndOut : held;
    const beside = all - inAndOut;
    const counted = isBeside ? beside : all;
    topic.rows.push({
      loss: kind,
      engine: backend,
      N: points,
      d: dimension,
      'in all, MiB': all,
      'beside, MiB': beside,
      'row losses differ from float64 by': large.rowError.toExponential(1),
      'once, cold, s': large.milliseconds / 1000,
    });
    topic.requirements.push({
      what: `${kind} of ${points} on ${backend}, ${isBeside ? 'beside in and out' : 'in all'}, and right`,
      limit: `under ${MOST_MIB} MiB, within ${MOST_ROW_ERROR}`,
      got: `${rounded(counted)} MiB, ${large.rowError.toExponential(1)}`,
      met: counted < MOST_MIB && large.rowError < MOST_ROW_ERROR,
    });
  };
  for (const kind of KINDS) await measure('webgpu', kind, LARGE, false);
  for (const kind of KINDS) await measure('cpu', kind, HUGE, true);
  // In software it takes minutes.
  await measure('webgpu', 'nt-xent', HUGE, true);
  return topic;
}
