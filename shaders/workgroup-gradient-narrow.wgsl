// The gradient kernel for at most four dimensions, where a point fits into registers: no pull is ever shared.
// What it computes, and its shapes, are those of workgroup-gradient.
//
// Needs: numerics, pairing (outer), pull, workgroup-pull, a loss (Anchor, arrange, pull).
// One invocation: one quad of rows against two quads of columns in every TILE_COLUMNS; it keeps what its rows collect.
// Race-free: each workgroup owns its rows of its part; its eight column lanes are added in a fixed order.
// Cost: rows x columns x (2 dimension multiply-adds + one exponential per anchor end).

@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(2) var<uniform> sweep: Sweep;
@group(0) @binding(3) var<uniform> slice: Slice;
@group(0) @binding(4) var<storage, read> quads: array<vec4f>;
@group(0) @binding(5) var<storage, read> labels: array<vec4u>;
@group(0) @binding(6) var<storage, read> anchors: array<Anchor>;
@group(0) @binding(7) var<storage, read_write> gradients: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> pullSums: array<PullSum>;

var<workgroup> laneGradients: array<mat4x4f, 64>;
var<workgroup> laneSums: array<PullSum, 64>;

// Component k of four points, 0 beyond the dimension.
fn component(base: u32, k: u32, dimension: u32) -> vec4f {
  if (k < dimension) {
    return quads[base + k];
  }
  return vec4f();
}

// Four points, one vector per component.
fn quadAt(quad: u32, dimension: u32) -> mat4x4f {
  let base = quad * dimension;
  return mat4x4f(
    component(base, 0u, dimension),
    component(base, 1u, dimension),
    component(base, 2u, dimension),
    component(base, 3u, dimension),
  );
}

fn similarities(columns: mat4x4f, points: mat4x4f) -> mat4x4f {
  return outer(columns[0], points[0]) + outer(columns[1], points[1]) + outer(columns[2], points[2])
    + outer(columns[3], points[3]);
}

@compute @workgroup_size(8, 8)
fn gradient(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let firstRow = sweep.rowStart + (slice.first + workgroup.x) * TILE_ROWS;
  let rowQuad = firstRow / 4u + local.y;
  // Uniforms are read once: some drivers would fetch them anew for every pair.
  let dimension = batch.dimension;
  let end = sweep.columnEnd;
  let stride = batch.gradientParts * TILE_COLUMNS;
  let constants = parameters;
  let rows = rowsOf(rowQuad, labels[rowQuad], sweep.rowEnd);
  let rowAnchor = anchors[rowQuad];
  let gradientBase = (workgroup.y * batch.quads + rowQuad) * dimension;
  let points = quadAt(rowQuad, dimension);
  var collected = mat4x4f();
  var sum = PullSum();
  for (var first = sweep.columnStart + workgroup.y * TILE_COLUMNS; first < end; first += stride) {
    if (EXCLUSIVE && isIdle(firstRow, first)) {
      continue;
    }
    for (var side = 0u; side < 2u; side++) {
      let columnQuad = first / 4u + 2u * local.x + side;
      let columns = quadAt(columnQuad, dimension);
      let pulls = meetAll(&sum, constants, similarities(columns, points), rows, rowAnchor, columnQuad, end);
      collected += mat4x4f(pulls * columns[0], pulls * columns[1], pulls * columns[2], pulls * columns[3]);
    }
  }
  let lane = local.y * 8u + local.x;
  laneGradients[lane] = collected;
  laneSums[lane] = sum;
  workgroupBarrier();
  if (local.x < dimension) {
    var gathered = vec4f();
    for (var other = 0u; other < 8u; other++) {
      gathered += laneGradients[local.y * 8u + other][local.x];
    }
    gradients[gradientBase + local.x] = gathered;
  }
  if (local.x == 0u) {
    for (var other = 1u; other < 8u; other++) {
      sum.pull += laneSums[local.y * 8u + other].pull;
      sum.pullSimilarity += laneSums[local.y * 8u + other].pullSimilarity;
    }
    pullSums[workgroup.y * batch.quads + rowQuad] = sum;
  }
}
