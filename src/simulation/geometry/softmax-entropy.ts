import type { Engine } from '../../engine/engine.ts';

/** So far below the others, in logits, that nothing is left of it in single precision. */
const OUT_OF_SIGHT = 150;

/**
 * The entropy, in nats, of each row's softmax over the columns that `included` names; exp of it is the effective number
 * of negatives. Rows without any have entropy 0.
 * @param similarity rows x columns, row-major.
 */
export async function softmaxEntropies(
  engine: Engine,
  similarity: Float32Array,
  { rows, columns }: { rows: number; columns: number },
  temperature: number,
  included: (row: number, column: number) => boolean,
): Promise<Float64Array> {
  let lowest = Infinity;
  for (const value of similarity) lowest = Math.min(lowest, value);
  const hidden = lowest - OUT_OF_SIGHT * temperature;
  const logits = similarity.map((value, index) =>
    included(Math.floor(index / columns), index % columns) ? value : hidden,
  );
  const shares = await engine.softmax(logits, { rows, columns }, temperature);
  const entropies = new Float64Array(rows);
  shares.forEach((share, index) => {
    const row = Math.floor(index / columns);
    if (share > 0 && included(row, index % columns)) entropies[row] -= share * Math.log(share);
  });
  return entropies;
}
