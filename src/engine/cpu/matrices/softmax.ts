import { Slices } from '../../slices.ts';
import { validateSoftmax } from '../../validate.ts';
import { exp } from '../wasm/arithmetic.ts';
import { ModuleBuilder } from '../wasm/assembler.ts';
import { allocate } from '../wasm/memory.ts';

/** Bytes before the row: the reciprocal of the temperature. */
const ROW = 16;

/** Engine.softmax, row by row: each is shifted by its largest logit. */
export async function softmax(
  logits: Float32Array,
  shape: { rows: number; columns: number },
  temperature: number,
  relaxed: boolean,
): Promise<Float32Array> {
  validateSoftmax(logits, shape, temperature);
  const { rows, columns } = shape;
  const slices = new Slices(rows);
  const quads = Math.ceil(columns / 4);
  const builder = new ModuleBuilder(relaxed);
  writeSoftmax(builder);
  const memory = allocate(ROW + 16 * quads);
  const { instance } = await WebAssembly.instantiate(builder.encode(), { host: { memory } });
  const softmaxRow = instance.exports.softmaxRow as (end: number) => void;
  new Float32Array(memory.buffer)[0] = 1 / temperature;
  const row = new Float32Array(memory.buffer, ROW, 4 * quads);
  const result = new Float32Array(rows * columns);
  for (let start = 0; start < result.length; start += columns) {
    row.set(logits.subarray(start, start + columns));
    row.fill(-Infinity, columns);
    softmaxRow(ROW + 16 * quads);
    result.set(row.subarray(0, columns), start);
    if (slices.spend(1)) await slices.next();
  }
  return result;
}

/** softmaxRow(end): the softmax of the logits from ROW to end, in place. Padding is minus infinity, and becomes 0. */
function writeSoftmax(module: ModuleBuilder): void {
  module.function('softmaxRow', 1, (f, end) => {
    const start = f.integer();
    f.copy(start, 0);
    const scale = f.loadSplat(start);
    const largest = f.load(start, ROW);
    f.forEach(ROW, end, 16, (at) => f.assign(largest, 'f32x4.pmax', largest, f.load(at)));
    const shift = f.ofAll('f32x4.pmax', largest);
    const sum = f.zeros();
    f.forEach(ROW, end, 16, (at) => {
      const exponential = exp(f, f.let('f32x4.mul', f.let('f32x4.sub', f.load(at), shift), scale));
      f.assign(sum, 'f32x4.add', sum, exponential);
      f.store(at, 0, exponential);
    });
    const total = f.ofAll('f32x4.add', sum);
    f.forEach(ROW, end, 16, (at) => f.store(at, 0, f.let('f32x4.div', f.load(at), total)));
  });
}
