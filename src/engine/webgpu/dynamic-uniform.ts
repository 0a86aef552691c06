/** Dynamic uniform offsets are multiples of this on every adapter. */
export const STRIDE = 256;

/** Entries that a kernel is to be bound to one at a time, each at a multiple of STRIDE. */
export function strided(entries: readonly ArrayBuffer[]): ArrayBuffer {
  const bytes = new Uint8Array(entries.length * STRIDE);
  entries.forEach((entry, index) => bytes.set(new Uint8Array(entry), index * STRIDE));
  return bytes.buffer;
}
