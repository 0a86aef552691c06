import type { Kernel } from './kernel.ts';

/** One kernel's dispatch, divisible into tiles, so that long work can be cut into slices. */
export interface Work {
  label: string;
  tiles: number;
  /** Rough multiply-adds of one tile, whatever else it does counted as such: for cutting. */
  tileCost: number;
  /** Multiply-adds of the products of vectors and matrices that all tiles are made of, and nothing else: for the profiler. */
  multiplyAdds: number;
  /** Bytes that all tiles have to move, at least; see Kernel.bytes. */
  bytes: number;
  /** Encodes the tiles first .. first + count - 1. */
  dispatch(pass: GPUComputePassEncoder, first: number, count: number): void;
}

/** Times passes on the device; see pass-times.ts. */
export interface PassTimer {
  /** For the descriptor of the next pass; undefined when it cannot be timed. */
  timestampWrites(label: string): GPUComputePassTimestampWrites | undefined;
}

/** Walks through a list of works, a budget at a time. */
export class WorkCursor {
  private work = 0;
  private tile = 0;
  private readonly works: readonly Work[];
  private readonly name: string;

  /** @param name of all the works together, for the browser's GPU tools. */
  constructor(works: readonly Work[], name: string) {
    this.works = works;
    this.name = name;
  }

  get finished(): boolean {
    return this.work === this.works.length;
  }

  /** Encodes works, or the tiles of one, until the budget of multiply-adds is spent. Returns what it spent. */
  encode(encoder: GPUCommandEncoder, budget: number, timer?: PassTimer): number {
    let spent = 0;
    encoder.pushDebugGroup(this.name);
    while (!this.finished && (spent === 0 || spent < budget)) {
      const { label, tiles, tileCost, dispatch } = this.works[this.work];
      const affordable = Math.max(1, Math.floor((budget - spent) / tileCost));
      const count = Math.min(tiles - this.tile, affordable);
      const pass = encoder.beginComputePass({ label, timestampWrites: timer?.timestampWrites(label) });
      dispatch(pass, this.tile, count);
      pass.end();
      spent += count * tileCost;
      this.tile += count;
      // What is left of the budget is too little for another tile.
      if (this.tile < tiles) break;
      this.work++;
      this.tile = 0;
    }
    encoder.popDebugGroup();
    return spent;
  }
}

export function totalCost(works: readonly Work[]): number {
  return works.reduce((sum, { tiles, tileCost }) => sum + tiles * tileCost, 0);
}

/**
 * A kernel that is dispatched whole: `invocations` in workgroups of `size`, folded where one dimension is too short.
 * @param cost rough multiply-adds of all of them, for cutting.
 * @param multiplyAdds of products of vectors and matrices, see Work. Default 0.
 */
export function wholeWork(
  kernel: Kernel,
  resources: Readonly<Record<string, GPUBuffer>>,
  invocations: number,
  size: number,
  cost: number,
  multiplyAdds = 0,
): Work {
  const group = kernel.bind(resources);
  const groups = Math.ceil(invocations / size);
  return {
    label: kernel.label,
    tiles: 1,
    tileCost: cost,
    multiplyAdds,
    bytes: kernel.bytes(resources),
    dispatch: (pass) => {
      pass.setPipeline(kernel.pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(Math.min(groups, 65535), Math.ceil(groups / 65535));
    },
  };
}
