// Adds up the terms of all entries: per anchor, then altogether.
//
// Needs: numerics, triplets, terms, a loss.
// Shapes: pulls = entries; rowTerms = quads; totals = one. addRows: one invocation per quad. addTriplets: one workgroup,
// each invocation adds every 256th quad, then a tree.

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(2) var<storage, read> groups: array<Group>;
@group(0) @binding(3) var<storage, read> pulls: array<Pull>;
@group(0) @binding(4) var<storage, read_write> rowTerms: array<RowTerms>;
@group(0) @binding(5) var<storage, read_write> totals: Totals;
@group(0) @binding(6) var<storage, read_write> share: array<f32>;

@compute @workgroup_size(64)
fn addRows(@builtin(global_invocation_id) invocation: vec3u) {
  let quad = invocation.x;
  if (quad >= shape.quads) {
    return;
  }
  var terms = RowTerms();
  for (var lane = 0u; lane < 4u && 4u * quad + lane < shape.rows; lane++) {
    let group = groups[4u * quad + lane];
    for (var rank = 0u; rank < group.size; rank++) {
      terms.loss[lane] += pulls[group.start + rank].loss;
      terms.count[lane] += u32(pulls[group.start + rank].count);
    }
  }
  rowTerms[quad] = terms;
}

// There may be more triplets than an integer holds: then loss and count are told, and the gradients left, in proportion.
const MOST = 4.0e9;

var<workgroup> lanes: array<vec2f, 256>;

@compute @workgroup_size(256)
fn addTriplets(@builtin(local_invocation_index) index: u32) {
  var sum = vec2f();
  for (var quad = index; quad < shape.quads; quad += 256u) {
    let row = rowTerms[quad];
    let count = vec4f(row.count);
    sum += vec2f(
      (row.loss.x + row.loss.y) + (row.loss.z + row.loss.w),
      (count.x + count.y) + (count.z + count.w),
    );
  }
  lanes[index] = sum;
  for (var half = 128u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (index < half) {
      lanes[index] += lanes[index + half];
    }
  }
  if (index == 0u) {
    share[0] = MOST / max(MOST, lanes[0].y);
    totals = Totals(share[0] * lanes[0].x, u32(share[0] * lanes[0].y));
  }
}
