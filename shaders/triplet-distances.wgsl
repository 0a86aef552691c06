// The distances of all points to the columns of a panel, by differences. One invocation: four rows and one column.
// Needs: numerics, triplets, a loss, triplet-panel.
// Shapes: distances = rows x width, row-major. Race-free: each invocation owns its places.
// Cost: rows x width x dimension multiply-adds, and as many subtractions.

@group(0) @binding(9) var<storage, read_write> distances: array<f32>;

@compute @workgroup_size(8, 8)
fn panelDistances(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let rowQuad = (slice.first + workgroup.y) * 8u + local.y;
  let offset = workgroup.x * 8u + local.x;
  let column = panel.first + offset;
  if (isSkipped() || 4u * rowQuad >= shape.rows || column >= panel.end) {
    return;
  }
  let dimension = shape.dimension;
  let columnBase = column / 4u * dimension;
  let lane = column % 4u;
  var sum = vec4f();
  for (var k = 0u; k < dimension; k++) {
    let row = quads[rowQuad * dimension + k];
    let other = vec4f(quads[columnBase + k][lane]);
    sum += select((row - other) * (row - other), row * other, parameters.distance == COSINE);
  }
  var distance = distanceFrom(sum);
  for (var row = 0u; row < 4u && 4u * rowQuad + row < shape.rows; row++) {
    distances[(4u * rowQuad + row) * shape.width + offset] = distance[row];
  }
}
