// Adds what anchors and positives do to each other, with what was met in all panels. One invocation: four points and
// every eighth component.
//
// Needs: numerics, triplets, a loss.
// Shapes: gradients laid out as quads; undivided by the count of the totals. Cost: entries x dimension.

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(2) var<uniform> slice: Slice;
@group(0) @binding(3) var<storage, read> quads: array<vec4f>;
@group(0) @binding(4) var<storage, read> groups: array<Group>;
@group(0) @binding(5) var<storage, read> entries: array<Entry>;
@group(0) @binding(6) var<storage, read> positives: array<f32>;
@group(0) @binding(7) var<storage, read> pulls: array<Pull>;
@group(0) @binding(8) var<storage, read> share: array<f32>;
@group(0) @binding(9) var<storage, read_write> gradients: array<vec4f>;

@compute @workgroup_size(8, 8)
fn pullPositives(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let quad = (slice.first + workgroup.y) * 8u + local.y;
  if (quad >= shape.quads) {
    return;
  }
  let dimension = shape.dimension;
  for (var k = local.x; k < dimension; k += 8u) {
    let points = quads[quad * dimension + k];
    var collected = gradients[quad * dimension + k];
    for (var lane = 0u; lane < 4u && 4u * quad + lane < shape.rows; lane++) {
      let group = groups[4u * quad + lane];
      var sum = 0.0;
      for (var rank = 0u; rank < group.size; rank++) {
        let index = group.start + rank;
        let other = entries[index].positive;
        let slopes = pulls[index].slope + pulls[groups[other].start + group.rank].slope;
        var direction = directionOf(points, vec4f(quads[other / 4u * dimension + k][other % 4u]));
        sum += strengthOf(slopes, positives[index]) * direction[lane];
      }
      collected[lane] += sum;
    }
    gradients[quad * dimension + k] = share[0] * collected;
  }
}
