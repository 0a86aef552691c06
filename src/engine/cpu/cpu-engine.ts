import type { LossSpec } from '../../losses/registry.ts';
import { DISPOSED } from '../engine.ts';
import type { Batch, Engine, EvaluateOptions, Evaluation, Metric } from '../engine.ts';
import { evaluate } from './evaluate.ts';
import { similarity } from './matrices/similarity.ts';
import { softmax } from './matrices/softmax.ts';
import { Programs } from './programs.ts';
import { Threads } from './threads/threads.ts';
import { simdSupport } from './wasm/simd-support.ts';

/** The engine for everybody without WebGPU. Without WebAssembly SIMD, too, it is the reference under another name. */
export async function createCpuEngine(): Promise<Engine> {
  const support = simdSupport();
  if (support !== 'none') return new CpuEngine(support === 'relaxed');
  const { createReferenceEngine } = await import('../reference/reference-engine.ts');
  const description = 'TypeScript in float64, 1 thread (there is no WebAssembly SIMD here)';
  return { ...createReferenceEngine(), backend: 'cpu', description };
}

/** Fused and streaming like the kernels on the GPU, and made of the same WGSL, in single precision. */
class CpuEngine implements Engine {
  readonly backend = 'cpu';
  private readonly relaxed: boolean;
  readonly programs: Programs;
  readonly threads = Threads.create();
  private disposed = false;

  constructor(relaxed: boolean) {
    this.relaxed = relaxed;
    this.programs = new Programs(relaxed);
  }

  get description(): string {
    const { threads } = this;
    if (!threads) return 'WASM SIMD, 1 thread';
    if (threads.lost === undefined) return `WASM SIMD, ${threads.count} threads`;
    return `WASM SIMD, 1 thread (the others stopped: ${threads.lost})`;
  }

  get heldBytes(): number | undefined {
    return this.programs.lastBytes;
  }

  async evaluate(spec: LossSpec, batch: Batch, options: EvaluateOptions = {}): Promise<Evaluation> {
    this.expectOpen();
    return evaluate(spec, batch, options, this);
  }

  async similarity(batch: Batch, { metric = 'cosine' }: { metric?: Metric } = {}): Promise<Float32Array> {
    this.expectOpen();
    return similarity(batch, metric, this.relaxed);
  }

  async softmax(
    logits: Float32Array,
    shape: { rows: number; columns: number },
    temperature: number,
  ): Promise<Float32Array> {
    this.expectOpen();
    return softmax(logits, shape, temperature, this.relaxed);
  }

  dispose(): void {
    this.disposed = true;
    this.programs.dispose();
    this.threads?.dispose();
  }

  private expectOpen(): void {
    if (this.disposed) throw new Error(DISPOSED);
  }
}
