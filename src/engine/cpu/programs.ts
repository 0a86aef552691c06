import { DISPOSED } from '../engine.ts';
import type { DistanceKernels } from './distances/kernels.ts';
import type { DistancePlan } from './distances/plan.ts';
import type { KernelModule } from './kernel-module.ts';
import type { Kernels } from './pairs/kernels.ts';
import type { PairPlan } from './pairs/plan.ts';
import type { TripletKernels } from './triplets/kernels.ts';
import type { TripletPlan } from './triplets/plan.ts';
import { allocate } from './wasm/memory.ts';

/** Kernels and memory for one loss on one shape of batch. Parameters and points are data. */
export interface Program<Plan extends { bytes: number }, Own> {
  readonly key: string;
  readonly plan: Plan;
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  readonly kernels: Own;
  /** The fields of the loss's struct Parameters, in order. */
  readonly parameters: readonly string[];
}

export type PairProgram = Program<PairPlan, Kernels>;
export type DistanceProgram = Program<DistancePlan, DistanceKernels>;
export type TripletProgram = Program<TripletPlan, TripletKernels>;

/** Those whose passes can be shared among threads. */
export type StreamedProgram = PairProgram | DistanceProgram;

type AnyProgram = Program<{ bytes: number }, unknown>;

/** What a program is made from. */
export interface Making<Plan extends { bytes: number }> {
  /** Tells what the kernels are written for, and what is planned for besides. */
  kernelsKey: string;
  planKey: string;
  isShared: boolean;
  write(relaxed: boolean): KernelModule;
  plan(parts: KernelModule['parts']): Plan;
}

interface Compiled {
  module: Promise<WebAssembly.Module>;
  parameters: readonly string[];
  parts: { statistics: number; anchor: number };
}

/** Programs that are not at work, and modules. More would not be missed. */
const IDLE_PROGRAMS = 2;
const MODULES = 8;

/** Keeps what was made for the shapes and losses in use, so that a step of a run makes nothing anew. */
export class Programs {
  private readonly relaxed: boolean;
  private modules = new Map<string, Compiled>();
  private idle: AnyProgram[] = [];
  private disposed = false;

  constructor(relaxed: boolean) {
    this.relaxed = relaxed;
  }

  /**
   * A program that nobody else uses until it is given back.
   * @throws InputError when its memory is not to be had, with the bytes wanted; Error after `dispose`.
   */
  async take<Taken extends AnyProgram>(making: Making<Taken['plan']>): Promise<Taken> {
    if (this.disposed) throw new Error(DISPOSED);
    const key = `${making.kernelsKey} ${making.planKey} ${making.isShared}`;
    const found = this.idle.findIndex((program) => program.key === key);
    if (found >= 0) return this.idle.splice(found, 1)[0] as Taken;
    const compiled = this.compile(making);
    const plan = making.plan(compiled.parts);
    const memory = allocate(plan.bytes, making.isShared);
    const module = await compiled.module;
    const { exports } = await WebAssembly.instantiate(module, { host: { memory } });
    const kernels = exports as unknown as Taken['kernels'];
    return { key, plan, memory, module, kernels, parameters: compiled.parameters } as Taken;
  }

  /** Of what was given back last: one program, or one for each of two towers. */
  get lastBytes(): number | undefined {
    const [last] = this.idle;
    if (!last) return undefined;
    const alike = this.idle.filter(({ key }) => key === last.key);
    return alike.reduce((sum, { memory }) => sum + memory.buffer.byteLength, 0);
  }

  giveBack(program: AnyProgram): void {
    if (this.disposed) return;
    this.idle = [program, ...this.idle].slice(0, IDLE_PROGRAMS);
  }

  /** Keeps nothing any more. */
  dispose(): void {
    this.disposed = true;
    this.modules.clear();
    this.idle = [];
  }

  private compile({ kernelsKey, isShared, write }: Making<{ bytes: number }>): Compiled {
    const key = `${kernelsKey} ${isShared}`;
    let compiled = this.modules.get(key);
    if (!compiled) {
      const { builder, ...rest } = write(this.relaxed);
      compiled = { module: WebAssembly.compile(builder.encode(isShared)), ...rest };
      // What failed once, for want of memory say, may succeed later.
      compiled.module.catch(() => this.modules.delete(key));
    }
    // Last in, last out.
    this.modules.delete(key);
    this.modules.set(key, compiled);
    const [oldest] = this.modules.keys();
    if (this.modules.size > MODULES) this.modules.delete(oldest);
    return compiled;
  }
}
