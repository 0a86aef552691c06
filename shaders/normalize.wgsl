// L2 normalization, u = x / max(|x|, 1e-12), from rows of coordinates into quads of points.
// Needs: point-layout.
// Shapes: embeddings = points x dimension, row-major; quads as in point-layout; inverseLengths = quads, 0 for a vector shorter
// than 1e-12 (no gradient flows through it) and 1 where nothing is normalized.
// One invocation: four points. Each vector is first scaled by its largest component, so that squares neither
// underflow nor overflow. Cost: one read and one write of the embeddings.

struct Normalization {
  dimension: u32,
  quads: u32,
  normalize: u32,   // 0 = only rearrange
}

@group(0) @binding(0) var<uniform> normalization: Normalization;
@group(0) @binding(1) var<storage, read> embeddings: array<f32>;
@group(0) @binding(2) var<storage, read_write> quads: array<f32>;
@group(0) @binding(3) var<storage, read_write> inverseLengths: array<vec4f>;

const SHORTEST = 1e-12;

fn components(quad: u32, k: u32) -> vec4f {
  let d = normalization.dimension;
  let at = 4u * quad * d + k;
  return vec4f(embeddings[at], embeddings[at + d], embeddings[at + 2u * d], embeddings[at + 3u * d]);
}

fn keep(quad: u32, k: u32, value: vec4f) {
  let place = placeOf(quad, k, normalization.dimension);
  quads[place.at] = value.x;
  quads[place.at + place.step] = value.y;
  quads[place.at + 2u * place.step] = value.z;
  quads[place.at + 3u * place.step] = value.w;
}

@compute @workgroup_size(64)
fn normalizePoints(@builtin(global_invocation_id) invocation: vec3u) {
  let quad = invocation.x + invocation.y * 64u * 65535u;
  if (quad >= normalization.quads) {
    return;
  }
  let dimension = normalization.dimension;
  if (normalization.normalize == 0u) {
    for (var k = 0u; k < dimension; k++) {
      keep(quad, k, components(quad, k));
    }
    inverseLengths[quad] = vec4f(1.0);
    return;
  }
  var largest = vec4f(SHORTEST);
  for (var k = 0u; k < dimension; k++) {
    largest = max(largest, abs(components(quad, k)));
  }
  var sum = vec4f();
  for (var k = 0u; k < dimension;) {
    // Partial sums of sixteen keep the error of long vectors small.
    var partial = vec4f();
    for (let end = min(k + 16u, dimension); k < end; k++) {
      let scaled = components(quad, k) / largest;
      partial += scaled * scaled;
    }
    sum += partial;
  }
  let scaledLength = max(sqrt(sum), SHORTEST / largest);
  for (var k = 0u; k < dimension; k++) {
    keep(quad, k, components(quad, k) / largest / scaledLength);
  }
  inverseLengths[quad] = select(vec4f(), 1.0 / largest / scaledLength, largest * sqrt(sum) >= vec4f(SHORTEST));
}
