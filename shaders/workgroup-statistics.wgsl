// What each anchor accumulates while it streams over all of its candidates; the pair matrix is never stored.
//
// Needs: numerics, pairing, workgroup-tile, workgroup-take, a loss (Statistics, emptyStatistics, combine, Anchor), a pass.
// Shapes: quads = points x dimension (see pairing); partials = statisticsParts x quads from FIRST_PART on, one Statistics for four
// anchors each.
// One invocation: one quad of rows against two quads of columns in every TILE_COLUMNS, every `statisticsParts` tiles.
// Race-free: each workgroup owns its (row tile, part); its eight column lanes are combined in a fixed order.
// Cost: rows x columns x (dimension multiply-adds + one exponential).

@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(2) var<uniform> sweep: Sweep;
@group(0) @binding(3) var<uniform> slice: Slice;
@group(0) @binding(4) var<storage, read> quads: array<vec4f>;
@group(0) @binding(5) var<storage, read> labels: array<vec4u>;
@group(0) @binding(6) var<storage, read> anchors: array<Anchor>;
@group(0) @binding(7) var<storage, read_write> partials: array<Statistics>;

var<workgroup> lanes: array<Statistics, 64>;

@compute @workgroup_size(8, 8)
fn statistics(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let firstRow = sweep.rowStart + (slice.first + workgroup.x) * TILE_ROWS;
  let rowQuad = firstRow / 4u + local.y;
  // Uniforms are read once: some drivers would fetch them anew for every pair.
  let constants = parameters;
  let end = sweep.columnEnd;
  let stride = batch.statisticsParts * TILE_COLUMNS;
  let rows = rowsOf(rowQuad, labels[rowQuad], sweep.rowEnd);
  let anchor = anchors[rowQuad];
  var seen = emptyStatistics();
  for (var first = sweep.columnStart + workgroup.y * TILE_COLUMNS; first < end; first += stride) {
    if (EXCLUSIVE && isIdle(firstRow, first)) {
      continue;
    }
    let columnQuad = first / 4u + 2u * local.x;
    let tile = pairTile(rowQuad, columnQuad);
    takeAll(&seen, constants, tile.left, rows, anchor, columnQuad, end);
    takeAll(&seen, constants, tile.right, rows, anchor, columnQuad + 1u, end);
  }
  lanes[local.y * 8u + local.x] = seen;
  workgroupBarrier();
  if (local.x == 0u) {
    for (var lane = 1u; lane < 8u; lane++) {
      seen = combine(seen, lanes[local.y * 8u + lane]);
    }
    partials[(FIRST_PART * batch.statisticsParts + workgroup.y) * batch.quads + rowQuad] = seen;
  }
}
