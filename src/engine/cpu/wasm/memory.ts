import { InputError } from '../../input-error.ts';

const PAGE_BYTES = 65_536;

/** WebAssembly addresses 4 GiB. */
const LARGEST_BYTES = 2 ** 32 - PAGE_BYTES;

/**
 * Memory for kernels, all zero.
 * @throws InputError when it is not to be had, with the bytes wanted.
 */
export function allocate(bytes: number, shared = false): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  try {
    if (bytes > LARGEST_BYTES) throw new RangeError('beyond 32-bit addresses');
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch {
    throw new InputError(
      'batch',
      `expected fewer points; the kernels would take ${bytes} bytes, which are not to be had`,
    );
  }
}
