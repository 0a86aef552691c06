import { InputError } from '../../input-error.ts';

const PAGE_BYTES = 65_536;

/** WebAssembly addresses 4 GiB. */
const LARGEST_BYTES = 2 ** 32 - PAGE_BYTES;

/**
 * Memory for kernels, all zero.
 * @throws InputError when it is not to be had, with the bytes wanted and, where that is known, the bytes there.
 */
export function allocate(bytes: number, shared = false): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  const refuse = (there: string): never => {
    throw new InputError('batch', `expected fewer points; the kernels would take ${bytes} bytes, ${there}`);
  };
  if (bytes > LARGEST_BYTES) return refuse(`and WebAssembly addresses ${LARGEST_BYTES}`);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch {
    return refuse('which the system does not give');
  }
}

/** What lies where, one thing after another. */
export class Layout {
  bytes: number;

  /** @param bytes that are taken already. */
  constructor(bytes = 0) {
    this.bytes = bytes;
  }

  /**
   * Where the next so many bytes lie; 0 for none. Apart, so that threads that write side by side do not share a line of
   * their caches.
   */
  reserve(size: number): number {
    if (size === 0) return 0;
    const at = this.bytes;
    this.bytes += Math.ceil(size / 64) * 64;
    return at;
  }
}
