// Finds out who is whose positive: the classes' sizes, the entries, and the distances within the classes.
//
// Needs: numerics, triplets, a loss.
// Shapes: labels and groups = rows; entries, positives = the sum of the classes' squares; quads as in pairing.
// countGroups, fillEntries: one invocation per row, which reads all labels. placeGroups: one workgroup, a running sum.
// measureEntries: one invocation per entry. Race-free: each writes its own rows or entries.

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(2) var<uniform> slice: Slice;
@group(0) @binding(3) var<storage, read> labels: array<u32>;
@group(0) @binding(4) var<storage, read> quads: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> groups: array<Group>;
@group(0) @binding(6) var<storage, read_write> entries: array<Entry>;
@group(0) @binding(7) var<storage, read_write> positives: array<f32>;
@group(0) @binding(8) var<storage, read_write> pulls: array<Pull>;

@compute @workgroup_size(64)
fn countGroups(@builtin(global_invocation_id) invocation: vec3u) {
  let row = invocation.x;
  if (row >= shape.rows) {
    return;
  }
  let label = labels[row];
  var group = Group();
  for (var other = 0u; other < shape.rows; other++) {
    if (labels[other] == label) {
      group.size++;
      group.rank += select(0u, 1u, other < row);
    }
  }
  groups[row] = group;
}

const LANES = 256u;
var<workgroup> sums: array<u32, 256>;

@compute @workgroup_size(256)
fn placeGroups(@builtin(local_invocation_index) lane: u32) {
  let share = (shape.rows + LANES - 1u) / LANES;
  let first = min(lane * share, shape.rows);
  let end = min(first + share, shape.rows);
  var sum = 0u;
  for (var row = first; row < end; row++) {
    sum += groups[row].size;
  }
  sums[lane] = sum;
  workgroupBarrier();
  var start = 0u;
  for (var before = 0u; before < lane; before++) {
    start += sums[before];
  }
  for (var row = first; row < end; row++) {
    groups[row].start = start;
    start += groups[row].size;
  }
}

@compute @workgroup_size(64)
fn fillEntries(@builtin(global_invocation_id) invocation: vec3u) {
  let row = invocation.x;
  if (row >= shape.rows) {
    return;
  }
  let label = labels[row];
  var entry = groups[row].start;
  for (var other = 0u; other < shape.rows; other++) {
    if (labels[other] == label) {
      entries[entry] = Entry(row, other);
      entry++;
    }
  }
}

@compute @workgroup_size(64)
fn measureEntries(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32) {
  let index = (slice.first * 64u + workgroup.x) * 64u + lane;
  let last = groups[shape.rows - 1u];
  if (index >= last.start + last.size) {
    return;
  }
  let entry = entries[index];
  let dimension = shape.dimension;
  var sum = 0.0;
  for (var k = 0u; k < dimension; k++) {
    let a = quads[entry.anchor / 4u * dimension + k][entry.anchor % 4u];
    let b = quads[entry.positive / 4u * dimension + k][entry.positive % 4u];
    sum += select((a - b) * (a - b), a * b, parameters.distance == COSINE);
  }
  positives[index] = distanceFrom(vec4f(sum)).x;
  pulls[index] = Pull(0.0, 0.0, 0.0, NOBODY);
}

// The first of the farthest positives.
@compute @workgroup_size(64)
fn findFarthest(@builtin(global_invocation_id) invocation: vec3u) {
  let row = invocation.x;
  if (row >= shape.rows) {
    return;
  }
  let group = groups[row];
  var farthest = NOBODY;
  var reach = NOTHING;
  for (var rank = 0u; rank < group.size; rank++) {
    let distance = positives[group.start + rank];
    if (rank != group.rank && distance > reach) {
      reach = distance;
      farthest = rank;
    }
  }
  groups[row].farthest = farthest;
}
