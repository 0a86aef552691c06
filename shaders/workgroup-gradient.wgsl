// The gradient with respect to the (unit) points: row i collects the sum over j of pull(i, j) * point j, where a pair is
// pulled by both of its ends that are anchors. The pair matrix is computed anew, tile by tile, and never stored.
//
// Needs: numerics, pairing, workgroup-tile, pull, workgroup-pull, a loss (Anchor, arrange, pull).
// Shapes: gradients = gradientParts x quads x dimension, laid out as quads; pullSums = gradientParts x quads.
// One workgroup: TILE_ROWS rows against all columns of its part. Its invocations first turn similarities into pulls,
// then share the tile of pulls and collect: one quad of rows and every eighth component each.
// Race-free: each workgroup owns its rows of its part; barriers separate writing and reading the tile.
// Cost: rows x columns x (2 dimension multiply-adds + one exponential per anchor end).

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

// The pulls of four columns on one quad of rows, as a matrix that turns four columns' k-th component into gradients.
fn pullsOf(columnQuad: u32, rowQuad: u32) -> mat4x4f {
  let at = columnQuad * 32u + rowQuad;
  return mat4x4f(pulls[at], pulls[at + 8u], pulls[at + 16u], pulls[at + 24u]);
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
  for (var k = local.x; k < dimension; k += 8u) {
    gradients[gradientBase + k] = vec4f();
  }
  var sum = PullSum();
  for (var first = sweep.columnStart + workgroup.y * TILE_COLUMNS; first < end; first += stride) {
    if (EXCLUSIVE && isIdle(firstRow, first)) {
      continue;
    }
    let columnQuad = first / 4u + 2u * local.x;
    let tile = pairTile(rowQuad, columnQuad);
    let left = meetAll(&sum, constants, tile.left, rows, rowAnchor, columnQuad, end);
    let right = meetAll(&sum, constants, tile.right, rows, rowAnchor, columnQuad + 1u, end);
    let at = 64u * local.x + local.y;
    pulls[at] = left[0];
    pulls[at + 8u] = left[1];
    pulls[at + 16u] = left[2];
    pulls[at + 24u] = left[3];
    pulls[at + 32u] = right[0];
    pulls[at + 40u] = right[1];
    pulls[at + 48u] = right[2];
    pulls[at + 56u] = right[3];
    workgroupBarrier();
    // Up to four components at a time share each matrix of pulls.
    for (var k = local.x; k < dimension; k += 32u) {
      var collected = mat4x4f();
      let second = min(k + 8u, dimension - 1u);
      let third = min(k + 16u, dimension - 1u);
      let fourth = min(k + 24u, dimension - 1u);
      for (var quad = 0u; quad < TILE_COLUMNS / 4u; quad++) {
        let matrix = pullsOf(quad, local.y);
        let base = (first / 4u + quad) * dimension;
        collected[0] += matrix * quads[base + k];
        if (dimension > 8u) {
          collected[1] += matrix * quads[base + second];
          collected[2] += matrix * quads[base + third];
          collected[3] += matrix * quads[base + fourth];
        }
      }
      gradients[gradientBase + k] += collected[0];
      if (k + 8u < dimension) {
        gradients[gradientBase + k + 8u] += collected[1];
      }
      if (k + 16u < dimension) {
        gradients[gradientBase + k + 16u] += collected[2];
      }
      if (k + 24u < dimension) {
        gradients[gradientBase + k + 24u] += collected[3];
      }
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
