// Mining that chooses one negative: for every positive the nearest beyond it, else the farthest; or for the farthest
// positive alone the nearest of all. One invocation: one entry against the columns of a panel.
// Needs: numerics, triplets, a loss, triplet-panel.

@group(0) @binding(9) var<storage, read> distances: array<f32>;
@group(0) @binding(10) var<storage, read_write> pulls: array<Pull>;

@compute @workgroup_size(64)
fn chooseNegatives(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let index = (slice.first * 64u + workgroup.x) * 64u + invocation;
  let last = groups[shape.rows - 1u];
  if (isSkipped() || index >= last.start + last.size) {
    return;
  }
  let entry = entries[index];
  let group = groups[entry.anchor];
  let isHardest = parameters.mining == HARDEST;
  if (entry.positive == entry.anchor || (isHardest && index - group.start != group.farthest)) {
    return;
  }
  let reach = select(positives[index], NOTHING, isHardest);
  let label = labels[entry.anchor];
  // While nothing beyond the reach has been met, the slope holds the farthest distance so far; then the nearest beyond.
  var chosen = pulls[index].choice;
  var best = select(pulls[index].slope, NOTHING, chosen == NOBODY);
  for (var column = panel.first; column < panel.end; column++) {
    if (labels[column] == label) {
      continue;
    }
    let distance = distances[entry.anchor * shape.width + column - panel.first];
    let isBeyond = best > reach;
    let isNearer = !isBeyond || (distance < best);
    let isFarther = !isBeyond && (distance > best);
    let isBetter = select(isFarther, isNearer, (distance > reach));
    if (isBetter || chosen == NOBODY) {
      best = distance;
      chosen = column;
    }
  }
  pulls[index].choice = chosen;
  pulls[index].slope = best;
}

// The distance of the choice makes room for the slope.
@compute @workgroup_size(64)
fn clearSlopes(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let index = (slice.first * 64u + workgroup.x) * 64u + invocation;
  let last = groups[shape.rows - 1u];
  if (index < last.start + last.size) {
    pulls[index].slope = 0.0;
  }
}
