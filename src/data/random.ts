/**
 * The counter-based generator, pcg4d (Jarzynski and Olano 2020, Hash Functions for GPU Rendering): four 32-bit words
 * of randomness for a counter of four words, no state. shaders/random.wgsl produces the same bits.
 */
export function random4(a: number, b: number, c: number, d: number): [number, number, number, number] {
  let x = (Math.imul(a, 1664525) + 1013904223) | 0;
  let y = (Math.imul(b, 1664525) + 1013904223) | 0;
  let z = (Math.imul(c, 1664525) + 1013904223) | 0;
  let w = (Math.imul(d, 1664525) + 1013904223) | 0;
  x = (x + Math.imul(y, w)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  w = (w + Math.imul(y, z)) | 0;
  x ^= x >>> 16;
  y ^= y >>> 16;
  z ^= z >>> 16;
  w ^= w >>> 16;
  x = (x + Math.imul(y, w)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  w = (w + Math.imul(y, z)) | 0;
  return [x >>> 0, y >>> 0, z >>> 0, w >>> 0];
}

/** A word of randomness as a number in [0, 1), from its upper 24 bits so that f32 holds it exactly. */
export function unitInterval(word: number): number {
  return (word >>> 8) / 16777216;
}

/**
 * Where `index` lands in a random order of 0 .. size - 1: a Feistel network over the next even power of two, walked
 * until it falls inside. A bijection for every (seed, step, stream), computed for one index without the others.
 * Fewer rounds, or the generator's lower bits, favour some orders of a small set by a tenth and more.
 */
export function permute(index: number, size: number, seed: number, step: number, stream: number): number {
  const halfBits = Math.max(1, (32 - Math.clz32(Math.max(size - 1, 1)) + 1) >> 1);
  const mask = (1 << halfBits) - 1;
  let value = index;
  do {
    let left = value >>> halfBits;
    let right = value & mask;
    for (let round = 0; round < 8; round++) {
      const mixed = random4(right, seed, step, (stream << 3) | round)[0] >>> (32 - halfBits);
      const next = left ^ mixed;
      left = right;
      right = next;
    }
    value = ((left << halfBits) | right) >>> 0;
  } while (value >= size);
  return value;
}

/** `count` standard normal deviates (Box and Muller), the same for the same seed and stream. */
export function normals(count: number, seed: number, stream: number): Float32Array {
  const result = new Float32Array(count);
  for (let index = 0; index < count; index += 2) {
    const words = random4(index, seed, stream, 0x6e6f726d);
    const radius = Math.sqrt(-2 * Math.log(1 - unitInterval(words[0])));
    const angle = 2 * Math.PI * unitInterval(words[1]);
    result[index] = radius * Math.cos(angle);
    if (index + 1 < count) result[index + 1] = radius * Math.sin(angle);
  }
  return result;
}
