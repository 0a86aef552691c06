// What each anchor accumulates while it streams over all of its candidates; the pair matrix is never stored.
//
// Needs: numerics, pairing, subgroup-tile, subgroup-side (with the bindings), a product (keep, multiply, similaritiesOf), a
// loss (Statistics, emptyStatistics, Anchor, arrange), a pass (take).
// Shapes: points by point (see point-layout); partials = 4 x quads from FIRST_PART on. A lane meets four
// candidates at once, so that each anchor has four partial results in the components of its vectors: entry
// lane * quads + quad is that of one anchor, until subgroup-transpose has made it one of four anchors.
// One workgroup: 32 anchors, four in each of eight quads, against all candidates, 32 at a time.
// Race-free: each lane owns its anchors. Cost: rows x columns x (dimension multiply-adds + one exponential).

@group(0) @binding(7) var<storage, read_write> partials: array<Statistics>;

@compute @workgroup_size(4)
fn statistics(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32) {
  // Uniforms are read once: some drivers would fetch them anew for every pair.
  let constants = parameters;
  let end = sweep.rowEnd;
  let streamedEnd = sweep.columnEnd;
  let chunks = chunksOf(batch.dimension);
  let firstRow = sweep.rowStart + (slice.first + workgroup.x) * TILE_POINTS;
  let quad = firstRow / 4u;
  let leftOwn = ownOf(quad, lane);
  let rightOwn = ownOf(quad + 4u, lane);
  var seen0 = emptyStatistics();
  var seen1 = emptyStatistics();
  var seen2 = emptyStatistics();
  var seen3 = emptyStatistics();
  var seen4 = emptyStatistics();
  var seen5 = emptyStatistics();
  var seen6 = emptyStatistics();
  var seen7 = emptyStatistics();
  keep((firstRow + lane) * chunks, chunks);
  for (var first = sweep.columnStart; first < streamedEnd; first += TILE_POINTS) {
    if (EXCLUSIVE && isIdle(firstRow, first)) {
      continue;
    }
    var tile = Tile();
    multiply(&tile, (first + lane) * chunks, (firstRow + lane) * chunks, chunks);
    for (var r = 0u; r < TILE_QUADS; r++) {
      let streamed = quadAround(first / 4u + r, lane, streamedEnd);
      let similarities = similaritiesOf(&tile, r);
      let left = similarities[0];
      let right = similarities[1];
      take(&seen0, constants, left[0], relate(streamed, leftOwn.points.x, leftOwn.labels.x, end), leftOwn.anchors[0]);
      take(&seen1, constants, left[1], relate(streamed, leftOwn.points.y, leftOwn.labels.y, end), leftOwn.anchors[1]);
      take(&seen2, constants, left[2], relate(streamed, leftOwn.points.z, leftOwn.labels.z, end), leftOwn.anchors[2]);
      take(&seen3, constants, left[3], relate(streamed, leftOwn.points.w, leftOwn.labels.w, end), leftOwn.anchors[3]);
      take(&seen4, constants, right[0], relate(streamed, rightOwn.points.x, rightOwn.labels.x, end), rightOwn.anchors[0]);
      take(&seen5, constants, right[1], relate(streamed, rightOwn.points.y, rightOwn.labels.y, end), rightOwn.anchors[1]);
      take(&seen6, constants, right[2], relate(streamed, rightOwn.points.z, rightOwn.labels.z, end), rightOwn.anchors[2]);
      take(&seen7, constants, right[3], relate(streamed, rightOwn.points.w, rightOwn.labels.w, end), rightOwn.anchors[3]);
    }
  }
  let at = (FIRST_PART * batch.statisticsParts + lane) * batch.quads + quad;
  partials[at] = seen0;
  partials[at + 1u] = seen1;
  partials[at + 2u] = seen2;
  partials[at + 3u] = seen3;
  partials[at + 4u] = seen4;
  partials[at + 5u] = seen5;
  partials[at + 6u] = seen6;
  partials[at + 7u] = seen7;
}
