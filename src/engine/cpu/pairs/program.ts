import type { AnyPairLoss } from '../../../losses/registry.ts';
import type { BatchLayout } from '../../validate.ts';
import { allocate } from '../wasm/memory.ts';
import { writePairKernels } from './kernels.ts';
import type { Kernels } from './kernels.ts';
import { planPairs } from './plan.ts';
import type { PairPlan, PairPlanOptions } from './plan.ts';

/** Kernels and memory for one loss on one shape of batch. Parameters and points are data. */
export interface PairProgram {
  readonly key: string;
  readonly plan: PairPlan;
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  readonly kernels: Kernels;
  /** The fields of the loss's struct Parameters, in order. */
  readonly parameters: readonly string[];
}

interface Compiled {
  module: Promise<WebAssembly.Module>;
  parameters: readonly string[];
  parts: { statistics: number; anchor: number };
}

/** Programs that are not at work, and modules, most recently used first. More would not be missed. */
const IDLE_PROGRAMS = 2;
const MODULES = 8;

/** Keeps what was made for the shapes and losses in use, so that a step of a run makes nothing anew. */
export class PairPrograms {
  private readonly relaxed: boolean;
  private modules = new Map<string, Compiled>();
  private idle: PairProgram[] = [];
  private disposed = false;

  constructor(relaxed: boolean) {
    this.relaxed = relaxed;
  }

  /**
   * A program that nobody else uses until it is given back.
   * @throws InputError when its memory is not to be had, with the bytes wanted.
   */
  async take(loss: AnyPairLoss, layout: BatchLayout, options: PairPlanOptions): Promise<PairProgram> {
    const key = JSON.stringify([loss.kind, layout, options]);
    const found = this.idle.findIndex((program) => program.key === key);
    if (found >= 0) return this.idle.splice(found, 1)[0];
    const compiled = this.compile(loss, layout, options.threads > 1);
    const plan = planPairs(loss, layout, compiled.parts, options);
    const memory = allocate(plan.bytes, options.threads > 1);
    const module = await compiled.module;
    const { exports } = await WebAssembly.instantiate(module, { host: { memory } });
    return {
      key,
      plan,
      memory,
      module,
      kernels: exports as unknown as Kernels,
      parameters: compiled.parameters,
    };
  }

  /** Of the program that was given back last. */
  get lastBytes(): number | undefined {
    return this.idle[0]?.memory.buffer.byteLength;
  }

  giveBack(program: PairProgram): void {
    if (this.disposed) return;
    this.idle = [program, ...this.idle].slice(0, IDLE_PROGRAMS);
  }

  /** Keeps nothing any more. */
  dispose(): void {
    this.disposed = true;
    this.modules.clear();
    this.idle = [];
  }

  private compile(
    loss: AnyPairLoss,
    { kind, dimension, extraNegatives }: BatchLayout,
    isShared: boolean,
  ): Compiled {
    const key = JSON.stringify([loss.kind, dimension, extraNegatives > 0, isShared]);
    let compiled = this.modules.get(key);
    if (!compiled) {
      const shape = {
        dimension,
        isOneSet: kind === 'labelled',
        isExclusive: extraNegatives > 0,
        columnsAreAnchors: loss.anchors !== 'queries',
      };
      const { builder, ...rest } = writePairKernels(loss.shader, shape, this.relaxed);
      compiled = { module: WebAssembly.compile(builder.encode(isShared)), ...rest };
    }
    // Last in, last out.
    this.modules.delete(key);
    this.modules.set(key, compiled);
    const [oldest] = this.modules.keys();
    if (this.modules.size > MODULES) this.modules.delete(oldest);
    return compiled;
  }
}
