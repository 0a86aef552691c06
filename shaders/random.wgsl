// The counter-based generator and the stateless permutation of src/data/random.ts, bit for bit.

// pcg4d (Jarzynski and Olano 2020): four words of randomness for a counter of four words.
fn random4(counter: vec4u) -> vec4u {
  var v = counter * 1664525u + 1013904223u;
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  v ^= v >> vec4u(16u);
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  return v;
}

// Where `index` lands in a random order of 0 .. size - 1: a Feistel network over the next even power of two, walked
// until it falls inside. It ends, because the network is a bijection and `index` itself lies inside.
fn permute(index: u32, size: u32, seed: u32, step: u32, stream: u32) -> u32 {
  let bits = 32u - countLeadingZeros(max(size - 1u, 1u));
  let halfBits = max(1u, (bits + 1u) >> 1u);
  let mask = (1u << halfBits) - 1u;
  var value = index;
  loop {
    var left = value >> halfBits;
    var right = value & mask;
    for (var round = 0u; round < 8u; round++) {
      let mixed = random4(vec4u(right, seed, step, (stream << 3u) | round)).x >> (32u - halfBits);
      let next = left ^ mixed;
      left = right;
      right = next;
    }
    value = (left << halfBits) | right;
    if (value < size) {
      break;
    }
  }
  return value;
}
