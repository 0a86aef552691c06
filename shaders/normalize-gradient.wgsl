// The gradient through the normalization: dL/dx = (g - (g . u) u) / |x|, averaged over the loss's terms.
// Needs: point-layout, terms.
// Shapes: gradients = parts times the points, both as in point-layout; outputs = points x dimension, row-major, like the embeddings.
// One invocation: four points. The parts are added in a fixed order. Cost: one read of the gradients per part, twice.

struct Backward {
  dimension: u32,
  quads: u32,
  parts: u32,
  normalize: u32,   // 0 = the points were not normalized: dL/dx = g
}

@group(0) @binding(0) var<uniform> backward: Backward;
@group(0) @binding(1) var<storage, read> gradients: array<f32>;
@group(0) @binding(2) var<storage, read> quads: array<f32>;
@group(0) @binding(3) var<storage, read> inverseLengths: array<vec4f>;
@group(0) @binding(4) var<storage, read> totals: Totals;
@group(0) @binding(5) var<storage, read_write> outputs: array<f32>;

fn unitAt(place: Place) -> vec4f {
  return vec4f(
    quads[place.at],
    quads[place.at + place.step],
    quads[place.at + 2u * place.step],
    quads[place.at + 3u * place.step],
  );
}

fn collectedAt(place: Place) -> vec4f {
  let partSize = placeOf(backward.quads, 0u, backward.dimension).at;
  var sum = vec4f();
  for (var part = 0u; part < backward.parts; part++) {
    let at = part * partSize + place.at;
    sum += vec4f(
      gradients[at],
      gradients[at + place.step],
      gradients[at + 2u * place.step],
      gradients[at + 3u * place.step],
    );
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
      let place = placeOf(quad, k, dimension);
      radial += collectedAt(place) * unitAt(place);
    }
  }
  let scale = inverseLengths[quad] / f32(max(totals.count, 1u));
  for (var k = 0u; k < dimension; k++) {
    let place = placeOf(quad, k, dimension);
    let value = scale * (collectedAt(place) - radial * unitAt(place));
    let at = 4u * quad * dimension + k;
    outputs[at] = value.x;
    outputs[at + dimension] = value.y;
    outputs[at + 2u * dimension] = value.z;
    outputs[at + 3u * dimension] = value.w;
  }
}
