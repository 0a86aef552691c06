// The gradient with respect to the (unit) points: row i collects the sum over j of pull(i, j) * point j, where a pair is
// pulled by both of its ends that are anchors. The pair matrix is computed anew, tile by tile, and never stored.
//
// Needs: numerics, pairing, pair-tile, a loss (Anchor, spread, pull).
// Shapes: gradients = splits x quads x dimension, laid out as quads; pullSums = splits x quads.
// One workgroup: TILE_ROWS rows against all columns of its split. Its invocations first turn similarities into pulls,
// then share the tile of pulls and collect: one quad of rows and every eighth component each.
// Race-free: each workgroup owns its rows of its split; barriers separate writing and reading the tile.
// Cost: rows x columns x (2 dimension multiply-adds + one exponential per anchor end).

struct PullSum {
  pullSimilarity: vec4f,   // sum over candidates of dL/ds * s, for the gradient of the temperature
  pull: vec4f,             // sum over candidates of dL/ds
}

@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(2) var<uniform> sweep: Sweep;
@group(0) @binding(3) var<uniform> slice: Slice;
@group(0) @binding(4) var<storage, read> quads: array<vec4f>;
@group(0) @binding(5) var<storage, read> labels: array<vec4u>;
@group(0) @binding(6) var<storage, read> anchors: array<Anchor>;
@group(0) @binding(7) var<storage, read_write> gradients: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> pullSums: array<PullSum>;

var<workgroup> pulls: array<vec4f, 512>;   // TILE_COLUMNS x 8 quads of rows
var<workgroup> laneSums: array<PullSum, 64>;

// The pull of four rows and one column on each other, and the rows' share of it into their sums.
fn meet(
  sum: ptr<function, PullSum>,
  rowAnchor: Anchor,
  columnAnchor: Anchor,
  similarity: vec4f,
  relation: Relation,
) -> vec4f {
  var total = vec4f();
  if (sweep.rowsAreAnchors != 0u) {
    total = pull(rowAnchor, similarity, relation);
    (*sum).pull += total;
    (*sum).pullSimilarity += total * similarity;
  }
  if (sweep.columnsAreAnchors != 0u) {
    total += pull(columnAnchor, similarity, relation);
  }
  return total;
}

// The pulls of four columns on eight quads of rows, as a matrix that turns four columns' k-th component into gradients.
fn pullsOf(columnQuad: u32, rowQuad: u32) -> mat4x4f {
  let at = columnQuad * 32u + rowQuad;
  return mat4x4f(pulls[at], pulls[at + 8u], pulls[at + 16u], pulls[at + 24u]);
}

@compute @workgroup_size(8, 8)
fn gradient(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let firstRow = sweep.rowStart + (slice.firstTile + workgroup.x) * TILE_ROWS;
  let rowQuad = firstRow / 4u + local.y;
  let rows = vec4u(4u * rowQuad) + vec4u(0u, 1u, 2u, 3u);
  let rowLabels = labels[rowQuad];
  let rowAnchor = anchors[rowQuad];
  let gradientBase = (workgroup.y * batch.quads + rowQuad) * batch.dimension;
  for (var k = local.x; k < batch.dimension; k += 8u) {
    gradients[gradientBase + k] = vec4f();
  }
  var sum = PullSum();
  for (var first = sweep.columnStart + workgroup.y * TILE_COLUMNS; first < sweep.columnEnd;
       first += batch.splits * TILE_COLUMNS) {
    if (isIdle(firstRow, first)) {
      continue;
    }
    let left = first / 4u + 2u * local.x;
    let tile = pairTile(rowQuad, left);
    let at = 64u * local.x + local.y;
    var quadLabels = labels[left];
    var ends = anchors[left];
    var column = 4u * left;
    pulls[at] = meet(&sum, rowAnchor, spread(ends, 0u), tile.left[0], relate(sweep, rows, rowLabels, column, quadLabels.x));
    pulls[at + 8u] = meet(&sum, rowAnchor, spread(ends, 1u), tile.left[1], relate(sweep, rows, rowLabels, column + 1u, quadLabels.y));
    pulls[at + 16u] = meet(&sum, rowAnchor, spread(ends, 2u), tile.left[2], relate(sweep, rows, rowLabels, column + 2u, quadLabels.z));
    pulls[at + 24u] = meet(&sum, rowAnchor, spread(ends, 3u), tile.left[3], relate(sweep, rows, rowLabels, column + 3u, quadLabels.w));
    quadLabels = labels[left + 1u];
    ends = anchors[left + 1u];
    column += 4u;
    pulls[at + 32u] = meet(&sum, rowAnchor, spread(ends, 0u), tile.right[0], relate(sweep, rows, rowLabels, column, quadLabels.x));
    pulls[at + 40u] = meet(&sum, rowAnchor, spread(ends, 1u), tile.right[1], relate(sweep, rows, rowLabels, column + 1u, quadLabels.y));
    pulls[at + 48u] = meet(&sum, rowAnchor, spread(ends, 2u), tile.right[2], relate(sweep, rows, rowLabels, column + 2u, quadLabels.z));
    pulls[at + 56u] = meet(&sum, rowAnchor, spread(ends, 3u), tile.right[3], relate(sweep, rows, rowLabels, column + 3u, quadLabels.w));
    workgroupBarrier();
    // Up to four components at a time share each matrix of pulls.
    for (var k = local.x; k < batch.dimension; k += 32u) {
      var collected = mat4x4f();
      let second = min(k + 8u, batch.dimension - 1u);
      let third = min(k + 16u, batch.dimension - 1u);
      let fourth = min(k + 24u, batch.dimension - 1u);
      for (var columnQuad = 0u; columnQuad < TILE_COLUMNS / 4u; columnQuad++) {
        let matrix = pullsOf(columnQuad, local.y);
        let base = (first / 4u + columnQuad) * batch.dimension;
        collected[0] += matrix * quads[base + k];
        if (batch.dimension > 8u) {
          collected[1] += matrix * quads[base + second];
          collected[2] += matrix * quads[base + third];
          collected[3] += matrix * quads[base + fourth];
        }
      }
      gradients[gradientBase + k] += collected[0];
      if (k + 8u < batch.dimension) { gradients[gradientBase + k + 8u] += collected[1]; }
      if (k + 16u < batch.dimension) { gradients[gradientBase + k + 16u] += collected[2]; }
      if (k + 24u < batch.dimension) { gradients[gradientBase + k + 24u] += collected[3]; }
    }
    workgroupBarrier();
  }
  laneSums[local.y * 8u + local.x] = sum;
  workgroupBarrier();
  if (local.x == 0u) {
    for (var lane = 1u; lane < 8u; lane++) {
      sum.pull += laneSums[local.y * 8u + lane].pull;
      sum.pullSimilarity += laneSums[local.y * 8u + lane].pullSimilarity;
    }
    pullSums[workgroup.y * batch.quads + rowQuad] = sum;
  }
}
