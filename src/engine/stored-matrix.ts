import { InputError } from './input-error.ts';

/** What one matrix may take of the page's memory. */
const LARGEST_BYTES = 2 ** 31;

/** @throws InputError when what is stored of each pair would not fit, with the bytes wanted and the bytes there. */
export function expectRoom(rows: number, columns: number, bytesPerPair: number): void {
  const wanted = rows * columns * bytesPerPair;
  if (wanted > LARGEST_BYTES) {
    throw new InputError(
      'batch',
      `expected fewer points; ${rows} x ${columns} stored pairs take ${wanted} bytes, there are ${LARGEST_BYTES}`,
    );
  }
}

/** The same of what is stored of each pair of features. */
export function expectRoomForFeatures(dimension: number, bytesPerPair: number): void {
  const wanted = dimension ** 2 * bytesPerPair;
  if (wanted > LARGEST_BYTES) {
    throw new InputError(
      'batch.dimension',
      `expected fewer dimensions; ${dimension} x ${dimension} stored pairs of features take ${wanted} bytes, there are ${LARGEST_BYTES}`,
    );
  }
}
