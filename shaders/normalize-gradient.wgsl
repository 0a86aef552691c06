// The gradient through the normalization: dL/dx = (g - (g . u) u) / |x|, averaged over the loss's terms.
// Needs: terms.
// Shapes: gradients = splits x quads x dimension; outputs = points x dimension, row-major, like the embeddings.
// One invocation: four points. The splits are added in a fixed order. Cost: one read of the gradients per split, twice.

struct Backward {
  dimension: u32,
  quads: u32,
  splits: u32,
  normalize: u32,   // 0 = the points were not normalized: dL/dx = g
}

@group(0) @binding(0) var<uniform> backward: Backward;
@group(0) @binding(1) var<storage, read> gradients: array<vec4f>;
@group(0) @binding(2) var<storage, read> quads: array<vec4f>;
@group(0) @binding(3) var<storage, read> inverseLengths: array<vec4f>;
@group(0) @binding(4) var<storage, read> totals: Totals;
@group(0) @binding(5) var<storage, read_write> outputs: array<f32>;

fn collected(quad: u32, k: u32) -> vec4f {
  var sum = vec4f();
  for (var split = 0u; split < backward.splits; split++) {
    sum += gradients[(split * backward.quads + quad) * backward.dimension + k];
  }
  return sum;
}

@compute @workgroup_size(64)
fn normalizeGradient(@builtin(global_invocation_id) invocation: vec3u) {
  let quad = invocation.x + invocation.y * 64u * 65535u;
  if (quad >= backward.quads) {
    return;
  }
  let dimension = backward.dimension;
  var radial = vec4f();
  if (backward.normalize != 0u) {
    for (var k = 0u; k < dimension; k++) {
      radial += collected(quad, k) * quads[quad * dimension + k];
    }
  }
  let scale = inverseLengths[quad] / f32(max(totals.count, 1u));
  for (var k = 0u; k < dimension; k++) {
    let value = scale * (collected(quad, k) - radial * quads[quad * dimension + k]);
    let at = 4u * quad * dimension + k;
    outputs[at] = value.x;
    outputs[at + dimension] = value.y;
    outputs[at + 2u * dimension] = value.z;
    outputs[at + 3u * dimension] = value.w;
  }
}
