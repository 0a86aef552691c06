import type { Kernel } from './kernel.ts';

/** One kernel's dispatch, divisible into tiles, so that long work can be cut into slices. */
export interface Work {
  label: string;
  tiles: number;
  /** Rough multiply-adds of one tile. */
  tileCost: number;
  /** Encodes the tiles first .. first + count - 1. */
  dispatch(pass: GPUComputePassEncoder, first: number, count: number): void;
}

/** Walks through a list of works, a budget at a time. */
export class WorkCursor {
  private work = 0;
  private tile = 0;
  private readonly works: readonly Work[];

  constructor(works: readonly Work[]) {
    this.works = works;
  }

  get finished(): boolean {
    return this.work === this.works.length;
  }

  /** Encodes works, or the tiles of one, until the budget of multiply-adds is spent. Returns what it spent. */
  encode(encoder: GPUCommandEncoder, budget: number): number {
    let spent = 0;
    while (!this.finished && (spent === 0 || spent < budget)) {
      const { label, tiles, tileCost, dispatch } = this.works[this.work];
      const affordable = Math.max(1, Math.floor((budget - spent) / tileCost));
      const count = Math.min(tiles - this.tile, affordable);
      const pass = encoder.beginComputePass({ label });
      dispatch(pass, this.tile, count);
      pass.end();
      spent += count * tileCost;
      this.tile += count;
      if (this.tile === tiles) {
        this.work++;
        this.tile = 0;
      }
    }
    return spent;
  }
}

export function totalCost(works: readonly Work[]): number {
  return works.reduce((sum, { tiles, tileCost }) => sum + tiles * tileCost, 0);
}

/** A kernel that is dispatched whole: `invocations` in workgroups of `size`, folded where one dimension is too short. */
export function wholeWork(
  kernel: Kernel,
  resources: Readonly<Record<string, GPUBuffer>>,
  invocations: number,
  size: number,
  cost: number,
): Work {
  const group = kernel.bind(resources);
  const groups = Math.ceil(invocations / size);
  return {
    label: kernel.label,
    tiles: 1,
    tileCost: cost,
    dispatch: (pass) => {
      pass.setPipeline(kernel.pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(Math.min(groups, 65535), Math.ceil(groups / 65535));
    },
  };
}
