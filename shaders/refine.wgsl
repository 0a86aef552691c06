// The second pass of a loss whose terms need the finished statistics of their row (NT-Xent with several positives).
//
// Needs: numerics, pairing, pair-tile, a loss (Statistics, emptyStatistics, refine, combine, Anchor).
// Shapes, ownership and cost as in statistics; the partials go behind those of the first pass.

@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(2) var<uniform> sweep: Sweep;
@group(0) @binding(3) var<uniform> slice: Slice;
@group(0) @binding(4) var<storage, read> quads: array<vec4f>;
@group(0) @binding(5) var<storage, read> labels: array<vec4u>;
@group(0) @binding(6) var<storage, read> anchors: array<Anchor>;
@group(0) @binding(7) var<storage, read_write> partials: array<Statistics>;

var<workgroup> lanes: array<Statistics, 64>;

@compute @workgroup_size(8, 8)
fn refinement(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let rowQuad = (sweep.rowStart + (slice.firstTile + workgroup.x) * TILE_ROWS) / 4u + local.y;
  // Uniforms are read once: some drivers would fetch them anew for every pair.
  let constants = parameters;
  let end = sweep.columnEnd;
  let stride = batch.splits * TILE_COLUMNS;
  let rows = rowsOf(rowQuad, labels[rowQuad], sweep.rowEnd);
  let anchor = anchors[rowQuad];
  var seen = emptyStatistics();
  for (var first = sweep.columnStart + workgroup.y * TILE_COLUMNS; first < end; first += stride) {
    let columnQuad = first / 4u + 2u * local.x;
    let column = 4u * columnQuad;
    let tile = pairTile(rowQuad, columnQuad);
    let left = labels[columnQuad];
    let right = labels[columnQuad + 1u];
    refine(&seen, constants, tile.left[0], relate(rows, column, left.x, end), anchor);
    refine(&seen, constants, tile.left[1], relate(rows, column + 1u, left.y, end), anchor);
    refine(&seen, constants, tile.left[2], relate(rows, column + 2u, left.z, end), anchor);
    refine(&seen, constants, tile.left[3], relate(rows, column + 3u, left.w, end), anchor);
    refine(&seen, constants, tile.right[0], relate(rows, column + 4u, right.x, end), anchor);
    refine(&seen, constants, tile.right[1], relate(rows, column + 5u, right.y, end), anchor);
    refine(&seen, constants, tile.right[2], relate(rows, column + 6u, right.z, end), anchor);
    refine(&seen, constants, tile.right[3], relate(rows, column + 7u, right.w, end), anchor);
  }
  lanes[local.y * 8u + local.x] = seen;
  workgroupBarrier();
  if (local.x == 0u) {
    for (var lane = 1u; lane < 8u; lane++) {
      seen = combine(seen, lanes[local.y * 8u + lane]);
    }
    partials[(batch.splits + workgroup.y) * batch.quads + rowQuad] = seen;
  }
}
