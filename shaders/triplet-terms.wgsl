// The terms of each entry with the negatives of a panel. One invocation: one entry.
// Needs: numerics, triplets, a loss (selects, term, slope), triplet-panel.
// Shapes: distances as in triplet-distances; pulls = entries. Race-free: each invocation owns its entry.
// Cost: entries x width.

@group(0) @binding(9) var<storage, read> distances: array<f32>;
@group(0) @binding(10) var<storage, read_write> pulls: array<Pull>;

@compute @workgroup_size(64)
fn panelTerms(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let index = (slice.first * 64u + workgroup.x) * 64u + invocation;
  let last = groups[shape.rows - 1u];
  if (index >= last.start + last.size) {
    return;
  }
  let entry = entries[index];
  if (entry.positive == entry.anchor) {
    return;
  }
  let label = labels[entry.anchor];
  let positive = positives[index];
  var pull = pulls[index];
  // Sums of one panel, so that a long sum has short parts.
  var loss = 0.0;
  var slopes = 0.0;
  for (var column = panel.first; column < panel.end; column++) {
    if (labels[column] == label) {
      continue;
    }
    let offset = column - panel.first;
    var negative = distances[entry.anchor * shape.width + offset];
    if (!isTerm(pull.choice, column, positive, negative)) {
      continue;
    }
    if (parameters.swap == 1u) {
      negative = min(negative, distances[entry.positive * shape.width + offset]);
    }
    let lead = positive - negative;
    let steepness = slope(lead);
    let isActive = steepness > 0.0 || parameters.soft == 1u;
    if (isActive) {
      loss += term(lead);
      slopes += steepness;
    }
    if (isActive || parameters.activeOnly == 0u) {
      pull.count += 1.0;
    }
  }
  pull.loss += loss;
  pull.slope += slopes;
  pulls[index] = pull;
}
