// What each anchor accumulates while it streams over all of its candidates; the pair matrix is never stored.
//
// Needs: numerics, pairing, pair-tile, a loss (Statistics, emptyStatistics, accumulate, combine).
// Shapes: quads = points x dimension (see pairing); partials = splits x quads, one Statistics for four anchors each.
// One invocation: one quad of rows against two quads of columns in every TILE_COLUMNS, every `splits` tiles.
// Race-free: each workgroup owns its (row tile, split); its eight column lanes are combined in a fixed order.
// Cost: rows x columns x (dimension multiply-adds + one exponential).

@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(2) var<uniform> sweep: Sweep;
@group(0) @binding(3) var<uniform> slice: Slice;
@group(0) @binding(4) var<storage, read> quads: array<vec4f>;
@group(0) @binding(5) var<storage, read> labels: array<vec4u>;
@group(0) @binding(6) var<storage, read_write> partials: array<Statistics>;

var<workgroup> lanes: array<Statistics, 64>;

@compute @workgroup_size(8, 8)
fn statistics(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let firstRow = sweep.rowStart + (slice.firstTile + workgroup.x) * TILE_ROWS;
  let rowQuad = firstRow / 4u + local.y;
  let rows = vec4u(4u * rowQuad) + vec4u(0u, 1u, 2u, 3u);
  let rowLabels = labels[rowQuad];
  var seen = emptyStatistics();
  for (var first = sweep.columnStart + workgroup.y * TILE_COLUMNS; first < sweep.columnEnd;
       first += batch.splits * TILE_COLUMNS) {
    if (isIdle(firstRow, first)) {
      continue;
    }
    let columnQuad = first / 4u + 2u * local.x;
    let column = 4u * columnQuad;
    let tile = pairTile(rowQuad, columnQuad);
    let left = labels[columnQuad];
    let right = labels[columnQuad + 1u];
    accumulate(&seen, tile.left[0], relate(sweep, rows, rowLabels, column, left.x));
    accumulate(&seen, tile.left[1], relate(sweep, rows, rowLabels, column + 1u, left.y));
    accumulate(&seen, tile.left[2], relate(sweep, rows, rowLabels, column + 2u, left.z));
    accumulate(&seen, tile.left[3], relate(sweep, rows, rowLabels, column + 3u, left.w));
    accumulate(&seen, tile.right[0], relate(sweep, rows, rowLabels, column + 4u, right.x));
    accumulate(&seen, tile.right[1], relate(sweep, rows, rowLabels, column + 5u, right.y));
    accumulate(&seen, tile.right[2], relate(sweep, rows, rowLabels, column + 6u, right.z));
    accumulate(&seen, tile.right[3], relate(sweep, rows, rowLabels, column + 7u, right.w));
  }
  lanes[local.y * 8u + local.x] = seen;
  workgroupBarrier();
  if (local.x == 0u) {
    for (var lane = 1u; lane < 8u; lane++) {
      seen = combine(seen, lanes[local.y * 8u + lane]);
    }
    partials[workgroup.y * batch.quads + rowQuad] = seen;
  }
}
