import type { KernelTime } from '../../engine/webgpu/kernel-times.ts';

/** What a kernel belongs to: the step itself, what measures it, and what brings it to the picture. */
export type ProfiledPart = 'step' | 'metrics' | 'picture';

export interface ProfiledKernel extends KernelTime {
  part: ProfiledPart;
}

/** What the kernels of a run take, and what the device could do. */
export interface Profile {
  /** The engine's own words for itself. */
  engine: string;
  /** In the order in which they run. */
  kernels: ProfiledKernel[];
  /** Per second, measured; undefined where it is not known. */
  ceilings: { multiplyAdds: number | undefined; bytes: number | undefined };
}
