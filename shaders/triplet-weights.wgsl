// How hard each point and each negative of a panel are pushed apart: the slopes of all terms in their distance, with
// the point as an anchor, or as a positive that is nearer to the negative where that is swapped.
// One invocation: one point and one column. Columns beyond the last get 0.
// Needs: numerics, triplets, a loss (selects, slope), triplet-panel.
// Shapes: distances, weights = rows x width, row-major. Race-free: each invocation owns its place.
// Cost: rows x width x the positives of a row.

@group(0) @binding(9) var<storage, read> distances: array<f32>;
@group(0) @binding(10) var<storage, read> pulls: array<Pull>;
@group(0) @binding(11) var<storage, read_write> weights: array<f32>;

@compute @workgroup_size(8, 8)
fn panelWeights(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let row = (slice.first + workgroup.y) * 8u + local.y;
  let offset = workgroup.x * 8u + local.x;
  let column = panel.first + offset;
  if (row >= shape.rows || offset >= shape.width) {
    return;
  }
  let at = row * shape.width + offset;
  var slopes = 0.0;
  if (column < panel.end && labels[row] != labels[min(column, shape.rows - 1u)]) {
    let group = groups[row];
    let distance = distances[at];
    let swap = parameters.swap == 1u;
    for (var rank = 0u; rank < group.size; rank++) {
      if (rank == group.rank) {
        continue;
      }
      let index = group.start + rank;
      let other = entries[index].positive;
      let swapped = select(distance, distances[other * shape.width + offset], swap);
      if (swapped >= distance && isTerm(pulls[index].choice, column, positives[index], distance)) {
        slopes -= slope(positives[index] - distance);
      }
      let mirrored = groups[other].start + group.rank;
      if (distance < swapped && isTerm(pulls[mirrored].choice, column, positives[mirrored], swapped)) {
        slopes -= slope(positives[mirrored] - distance);
      }
    }
    slopes = strengthOf(slopes, distance);
  }
  weights[at] = slopes;
}
