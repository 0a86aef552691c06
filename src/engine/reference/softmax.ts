import { Slices } from '../slices.ts';
import { validateSoftmax } from '../validate.ts';

/** Engine.softmax in float64: each row is shifted by its largest logit. */
export async function softmax(
  logits: Float32Array,
  shape: { rows: number; columns: number },
  temperature: number,
): Promise<Float32Array> {
  validateSoftmax(logits, shape, temperature);
  const { rows, columns } = shape;
  const slices = new Slices(rows);
  const result = logits.slice();
  for (let row = 0; row < rows; row++) {
    const entries = result.subarray(row * columns, (row + 1) * columns);
    const largest = entries.reduce((maximum, logit) => Math.max(maximum, logit), -Infinity);
    let total = 0;
    for (const logit of entries) total += Math.exp((logit - largest) / temperature);
    for (let column = 0; column < columns; column++) {
      entries[column] = Math.exp((entries[column] - largest) / temperature) / total;
    }
    if (slices.spend(1)) await slices.next();
  }
  return result;
}
