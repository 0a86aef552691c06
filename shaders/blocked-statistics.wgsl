// What each anchor accumulates while it streams over all of its candidates, a block of pairs at a time.
// What it computes, and its shapes, are those of workgroup-statistics.
//
// Needs: numerics, pairing, blocked-tile, workgroup-take, a loss (Statistics, emptyStatistics, combine, Anchor), a pass.
// One invocation: two quads of rows against two quads of columns in every BLOCK, every `statisticsParts` blocks.
// Race-free: each workgroup owns its (block of rows, part); its eight column lanes are combined in a fixed order.
// Cost: rows x columns x (dimension multiply-adds + one exponential).

@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(2) var<uniform> sweep: Sweep;
@group(0) @binding(3) var<uniform> slice: Slice;
@group(0) @binding(4) var<storage, read> quads: array<vec4f>;
@group(0) @binding(5) var<storage, read> labels: array<vec4u>;
@group(0) @binding(6) var<storage, read> anchors: array<Anchor>;
@group(0) @binding(7) var<storage, read_write> partials: array<Statistics>;

const STAGED = 2u * COLUMNS;

var<workgroup> lanes: array<Statistics, 32>;

// What the eight column lanes of a row saw, in the first of them.
fn combineLanes(own: Statistics, local: vec3u) -> Statistics {
  var seen = own;
  for (var half = 4u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local.x >= half && local.x < 2u * half) {
      lanes[local.y * 4u + local.x - half] = seen;
    }
    workgroupBarrier();
    if (local.x < half) {
      seen = combine(seen, lanes[local.y * 4u + local.x]);
    }
  }
  return seen;
}

@compute @workgroup_size(8, 8)
fn statistics(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let firstRow = sweep.rowStart + (slice.first + workgroup.x) * BLOCK;
  let nearQuad = firstRow / 4u + local.y;
  let farQuad = nearQuad + 8u;
  // Uniforms are read once: some drivers would fetch them anew for every pair.
  let constants = parameters;
  let end = sweep.columnEnd;
  let stride = batch.statisticsParts * BLOCK;
  let near = rowsOf(nearQuad, labels[nearQuad], sweep.rowEnd);
  let far = rowsOf(farQuad, labels[farQuad], sweep.rowEnd);
  let nearAnchor = anchors[nearQuad];
  let farAnchor = anchors[farQuad];
  var seenNear = emptyStatistics();
  var seenFar = emptyStatistics();
  for (var first = sweep.columnStart + workgroup.y * BLOCK; first < end; first += stride) {
    if (EXCLUSIVE && isIdle(firstRow, first)) {
      continue;
    }
    let left = first / 4u + local.x;
    let right = left + 8u;
    let tile = blockTile(firstRow / 4u, first / 4u, local);
    takeAll(&seenNear, constants, tile.nearLeft, near, nearAnchor, left, end);
    takeAll(&seenNear, constants, tile.nearRight, near, nearAnchor, right, end);
    takeAll(&seenFar, constants, tile.farLeft, far, farAnchor, left, end);
    takeAll(&seenFar, constants, tile.farRight, far, farAnchor, right, end);
  }
  let combinedNear = combineLanes(seenNear, local);
  let combinedFar = combineLanes(seenFar, local);
  if (local.x == 0u) {
    let part = (FIRST_PART * batch.statisticsParts + workgroup.y) * batch.quads;
    partials[part + nearQuad] = combinedNear;
    partials[part + farQuad] = combinedFar;
  }
}
