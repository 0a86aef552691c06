import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'puppeteer';
import { openModulePage } from '../browser/open-page.ts';
import type { Kind, Timing } from './peers/contender.ts';
import { summarize } from './report.ts';
import type { Topic } from './report.ts';

const PAGE = '/tests/bench/peers/peers.page.ts';

const SHAPES = [
  [1024, 32],
  [2048, 64],
  [4096, 128],
] as const;

/** Ours first on each device, then what it is compared with; the CPU's result is what all others are checked against. */
const ON_CPU = ['ours, cpu', 'jax-js wasm', 'TensorFlow.js wasm', 'ONNX Runtime wasm'];
const ON_GPU = ['ours, webgpu', 'jax-js webgpu', 'TensorFlow.js webgpu', 'ONNX Runtime webgpu'];

/** How many times as fast as a peer ours must be, by peer and shape. */
const WANTED: Record<string, Record<string, number>> = {
  'jax-js webgpu': { '2048 x 64': 4, '4096 x 128': 3 },
  'TensorFlow.js webgpu': { '2048 x 64': 15, '4096 x 128': 15 },
  'jax-js wasm': { '2048 x 64': 3, '4096 x 128': 2 },
};

/** Everybody has to agree on the loss, and on every component of the gradient relative to the largest. */
const MOST_ERROR = 2e-5;

/** The peers are heavy: they come with the benchmark, not with the project. */
export function installPeers(): void {
  const folder = fileURLToPath(new URL('peers', import.meta.url));
  if (existsSync(`${folder}/node_modules/webgpu`)) return;
  console.log('Installing the libraries to compare with …');
  execFileSync('npm', ['ci', '--ignore-scripts', '--prefix', folder], { stdio: 'inherit' });
}

/** Lets the development server find and bundle every library, which reloads what was loaded before. */
export async function warmUp(browser: Browser, origin: string): Promise<void> {
  for (const contender of [...ON_CPU, ...ON_GPU]) {
    const { page, call } = await openModulePage(browser, origin, PAGE);
    await call('timesOf', contender, 'info-nce', 64, 8).catch(() => undefined);
    await page.close();
  }
}

/** One whole step, loss and all gradients, by us and by the libraries that a user would pick. */
export async function measurePeers(browser: Browser, origin: string, kind: Kind): Promise<Topic> {
  const topic: Topic = {
    title: `A whole ${kind} step (loss and gradients), ms, beside other libraries`,
    rows: [],
    notes: [
      'From arrays on the host to arrays on the host. Loss and gradients are checked against each other.',
      'ONNX Runtime computes the loss alone; it has no gradients.',
    ],
    requirements: [],
  };
  for (const [count, dimension] of SHAPES) {
    const shape = `${count} x ${dimension}`;
    const { page, call } = await openModulePage(browser, origin, PAGE);
    const timings = new Map<string, Timing | string>();
    for (const contender of [...ON_CPU, ...ON_GPU]) {
      if (kind === 'nt-xent' && contender.startsWith('ONNX')) continue;
      const timing = await call<Timing>('timesOf', contender, kind, count, dimension).catch(
        (error: unknown) => String(error instanceof Error ? error.message : error).slice(0, 120),
      );
      timings.set(contender, timing);
    }
    await page.close();
    const expected = timings.get('ours, cpu');
    for (const group of [ON_CPU, ON_GPU]) {
      const own = timings.get(group[0]);
      const ownMedian = typeof own === 'object' ? summarize(own.milliseconds).median : NaN;
      for (const contender of group) {
        const timing = timings.get(contender);
        if (timing === undefined) continue;
        if (typeof timing === 'string' || typeof expected !== 'object') {
          topic.rows.push({
            'N x d': shape,
            library: contender,
            ms: `failed: ${String(timing)}`,
            'x ours': '',
            agrees: '',
          });
          continue;
        }
        const ratio = summarize(timing.milliseconds).median / ownMedian;
        const lossError = Math.abs(timing.loss - expected.loss) / expected.loss;
        const error = Math.max(lossError, timing.gradientError ?? 0);
        topic.rows.push({
          'N x d': shape,
          library: timing.name,
          ms: summarize(timing.milliseconds),
          'x ours': ratio,
          agrees: error < MOST_ERROR ? 'yes' : `NO: off by ${error.toExponential(1)}`,
        });
        const wanted = WANTED[contender]?.[shape];
        if (wanted === undefined) continue;
        topic.requirements.push({
          what: `${kind} ${shape} against ${contender}`,
          limit: `at least ${wanted} x`,
          got: `${ratio.toFixed(2)} x`,
          met: ratio >= wanted,
        });
      }
    }
  }
  return topic;
}
