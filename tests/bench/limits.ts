import type { ModulePage } from '../browser/open-page.ts';
import type { everyLoss, GpuRates, growth, Shares } from './limits.page.ts';
import { rounded, summarize } from './report.ts';
import type { Topic } from './report.ts';

export const LIMITS_PAGE = '/tests/bench/limits.page.ts';

const KINDS = ['nt-xent', 'info-nce'] as const;
const SHAPES = [
  [2048, 64],
  [4096, 128],
] as const;

/**
 * Products of all pairs with the dimension that the CPU's skeleton computes: NT-Xent meets half of the pairs, twice for
 * the similarity, and once for either end; InfoNCE keeps the similarities of a panel, and meets each pair once.
 */
const CPU_PRODUCTS = { 'nt-xent': 2, 'info-nce': 3 } as const;

const WANTED = { one: 0.55, all: 0.6, gpu: 0.9 };

const GROWTH = { from: 1024, to: 16_384, dimension: 64 };
const EVERY = { points: 1024, dimension: 32 };

const EXPONENTS = { time: [1.9, 2.1], memory: [0.9, 1.1] } as const;

const MIB = 2 ** 20;

function median(values: readonly number[]): number {
  return summarize(values).median;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

/** What a step reaches of the multiply-adds that its threads, or its device, can do. */
export async function measureShares({ call }: ModulePage): Promise<Topic> {
  const topic: Topic = {
    title: 'A whole step beside what the machine can do',
    rows: [],
    notes: [
      'CPU: of the multiply-adds of four numbers that the same threads do in registers. GPU: of the rate at which the stored matrix of similarities is computed.',
    ],
    requirements: [],
  };
  for (const kind of KINDS) {
    for (const [count, dimension] of SHAPES) {
      const shape = `${kind} ${count} x ${dimension}`;
      const shares = await call<Shares>('sharesOnCpu', kind, count, dimension);
      const multiplyAdds = CPU_PRODUCTS[kind] * count ** 2 * dimension;
      for (const which of ['one', 'all'] as const) {
        const { milliseconds, ceilings } = shares[which];
        const ceiling = median(ceilings);
        const shareOf = (duration: number) => (1000 * multiplyAdds) / duration / ceiling;
        const share = shareOf(median(milliseconds));
        const threads = which === 'one' ? '1 thread' : `${shares.threads} threads`;
        topic.rows.push({
          step: shape,
          on: `cpu, ${threads}`,
          ms: summarize(milliseconds),
          'limit, GFLOP/s': (2 * ceiling) / 1e9,
          reached: percent(share),
          'at best': percent(shareOf(Math.min(...milliseconds))),
        });
        topic.requirements.push({
          what: `${shape}, cpu, ${threads}, of its multiply-adds`,
          limit: `${percent(WANTED[which])} or more`,
          got: percent(share),
          met: share >= WANTED[which],
        });
      }
      const { step, product } = await call<GpuRates>('ratesOnGpu', kind, count, dimension);
      const ratio = median(step) / median(product);
      topic.rows.push({
        step: shape,
        on: 'webgpu',
        ms: '',
        'limit, GFLOP/s': (2 * median(product)) / 1e9,
        reached: percent(ratio),
        'at best': '',
      });
      topic.requirements.push({
        what: `${shape}, webgpu, of the plain product's rate`,
        limit: `${percent(WANTED.gpu)} or more`,
        got: percent(ratio),
        met: ratio >= WANTED.gpu,
      });
    }
  }
  return topic;
}

/** How time and memory grow with the points. */
export async function measureGrowth({ call }: ModulePage): Promise<Topic> {
  const { from, to, dimension } = GROWTH;
  const topic: Topic = {
    title: `Growth with the points, d = ${dimension}`,
    rows: [],
    notes: ['Memory: what the engine holds for the batch, input and output included.'],
    requirements: [],
  };
  for (const backend of ['cpu', 'webgpu'] as const) {
    for (const kind of KINDS) {
      const grown = await call<Awaited<ReturnType<typeof growth>>>(
        'growth',
        backend,
        kind,
        from,
        to,
        dimension,
      );
      for (const { points, milliseconds, bytes = NaN } of grown.measured) {
        topic.rows.push({ engine: backend, loss: kind, N: points, ms: milliseconds, MiB: bytes / MIB });
      }
      for (const what of ['time', 'memory'] as const) {
        const [least, most] = EXPONENTS[what];
        const exponent = grown[what]?.exponent ?? NaN;
        topic.requirements.push({
          what: `${what} of ${kind} on ${backend}, fitted power of N`,
          limit: `${least} to ${most}`,
          got: rounded(exponent),
          met: exponent >= least && exponent <= most,
        });
      }
    }
  }
  return topic;
}

/** A step of every loss, on all threads of the CPU. */
export async function measureEveryLoss({ call }: ModulePage): Promise<Topic> {
  const { points, dimension } = EVERY;
  const measured = await call<Awaited<ReturnType<typeof everyLoss>>>('everyLoss', points, dimension);
  return {
    title: `A whole step of every loss on the CPU, ${points} points of ${dimension} dimensions`,
    rows: measured.map(({ kind, milliseconds }) => ({ loss: kind, ms: summarize(milliseconds) })),
    notes: ['Two towers have half of the points each.'],
    requirements: [],
  };
}
