// Adds what a panel's weights do to its rows, and to its columns, to the gradients. One invocation: four points and
// every eighth component.
// Needs: numerics, triplets, a loss, triplet-panel.

@group(0) @binding(9) var<storage, read> weights: array<f32>;
@group(0) @binding(10) var<storage, read_write> gradients: array<vec4f>;

@compute @workgroup_size(8, 8)
fn pushRows(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let quad = (slice.first + workgroup.y) * 8u + local.y;
  if (quad >= shape.quads) {
    return;
  }
  let dimension = shape.dimension;
  let base = 4u * quad * shape.width;
  for (var k = local.x; k < dimension; k += 8u) {
    let rows = quads[quad * dimension + k];
    var collected = vec4f();
    for (var column = panel.first; column < panel.end; column++) {
      let at = base + column - panel.first;
      let weight = vec4f(
        weights[at],
        weights[at + shape.width],
        weights[at + 2u * shape.width],
        weights[at + 3u * shape.width],
      );
      collected += weight * directionOf(rows, vec4f(quads[column / 4u * dimension + k][column % 4u]));
    }
    // The first panel begins anew.
    let before = select(gradients[quad * dimension + k], vec4f(), panel.first == 0u);
    gradients[quad * dimension + k] = before + collected;
  }
}

@compute @workgroup_size(8, 8)
fn pushColumns(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let offset = 4u * (workgroup.y * 8u + local.y);
  if (offset >= shape.width || panel.first + offset >= panel.end) {
    return;
  }
  let dimension = shape.dimension;
  let quad = (panel.first + offset) / 4u;
  for (var k = local.x; k < dimension; k += 8u) {
    let columns = quads[quad * dimension + k];
    var collected = vec4f();
    for (var first = 0u; first < shape.rows; first += 64u) {
      // Sums of sixty-four rows keep the error of long ones small.
      var part = vec4f();
      for (var row = first; row < min(first + 64u, shape.rows); row++) {
        let at = row * shape.width + offset;
        let weight = vec4f(weights[at], weights[at + 1u], weights[at + 2u], weights[at + 3u]);
        part += weight * directionOf(columns, vec4f(quads[row / 4u * dimension + k][row % 4u]));
      }
      collected += part;
    }
    gradients[quad * dimension + k] += collected;
  }
}
