import { InputError } from './input-error.ts';

/** What one matrix for people to look at may take of the page's memory. */
const LARGEST_BYTES = 2 ** 31;

/**
 * @throws InputError when a stored rows x columns matrix would not fit, with the bytes wanted and the bytes there.
 */
export function expectRoom(rows: number, columns: number, bytesPerPair: number): void {
  const wanted = rows * columns * bytesPerPair;
  if (wanted > LARGEST_BYTES) {
    throw new InputError(
      'batch',
      `expected fewer points; ${rows} x ${columns} stored pairs take ${wanted} bytes, there are ${LARGEST_BYTES}`,
    );
  }
}
