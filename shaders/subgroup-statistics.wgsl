// What each anchor accumulates while it streams over all of its candidates; the pair matrix is never stored.
//
// Needs: numerics, pairing, subgroup-tile, subgroup-side, a subgroup-product, a loss (Statistics, emptyStatistics, combine, Anchor), a pass (take).
// Shapes: points by point (see point-layout); partials = 4 x quads from FIRST_PART on. A lane meets four
// candidates at once, so that each anchor has four partial results in the components of its vectors: entry
// lane * quads + quad is that of one anchor, until subgroup-transpose has made it one of four anchors.
// One workgroup: 32 anchors, four in each of eight quads, against all candidates, 32 at a time.
// Race-free: each lane owns its anchors. Cost: rows x columns x (dimension multiply-adds + one exponential).

@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(2) var<uniform> sweep: Sweep;
@group(0) @binding(3) var<uniform> slice: Slice;
@group(0) @binding(4) var<storage, read> points: array<vec4f>;
@group(0) @binding(5) var<storage, read> labels: array<u32>;
@group(0) @binding(6) var<storage, read> anchors: array<Anchor>;
@group(0) @binding(7) var<storage, read_write> partials: array<Statistics>;

@compute @workgroup_size(4)
fn statistics(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32) {
  // Uniforms are read once: some drivers would fetch them anew for every pair.
  let constants = parameters;
  let end = sweep.rowEnd;
  let streamedEnd = sweep.columnEnd;
  let chunks = chunksOf(batch.dimension);
  let firstRow = sweep.rowStart + (slice.firstTile + workgroup.x) * TILE_POINTS;
  let quad = firstRow / 4u;
  let unit = unitOf(lane);
  let own0 = sideOf(quad, lane, end);
  let own1 = sideOf(quad + 1u, lane, end);
  let own2 = sideOf(quad + 2u, lane, end);
  let own3 = sideOf(quad + 3u, lane, end);
  let own4 = sideOf(quad + 4u, lane, end);
  let own5 = sideOf(quad + 5u, lane, end);
  let own6 = sideOf(quad + 6u, lane, end);
  let own7 = sideOf(quad + 7u, lane, end);
  let anchor0 = spread(anchors[quad], unit);
  let anchor1 = spread(anchors[quad + 1u], unit);
  let anchor2 = spread(anchors[quad + 2u], unit);
  let anchor3 = spread(anchors[quad + 3u], unit);
  let anchor4 = spread(anchors[quad + 4u], unit);
  let anchor5 = spread(anchors[quad + 5u], unit);
  let anchor6 = spread(anchors[quad + 6u], unit);
  let anchor7 = spread(anchors[quad + 7u], unit);
  var seen0 = emptyStatistics();
  var seen1 = emptyStatistics();
  var seen2 = emptyStatistics();
  var seen3 = emptyStatistics();
  var seen4 = emptyStatistics();
  var seen5 = emptyStatistics();
  var seen6 = emptyStatistics();
  var seen7 = emptyStatistics();
  for (var first = sweep.columnStart; first < streamedEnd; first += TILE_POINTS) {
    if (EXCLUSIVE && isIdle(firstRow, first)) {
      continue;
    }
    var tile = Tile();
    multiply(&tile, (first + lane) * chunks, (firstRow + lane) * chunks, chunks);
    for (var r = 0u; r < TILE_QUADS; r++) {
      let streamed = sideOf(first / 4u + r, lane, streamedEnd).quad;
      let similarities = similaritiesOf(&tile, r);
      let left = similarities[0];
      let right = similarities[1];
      take(&seen0, constants, left[0], relate(streamed, own0.point, own0.label, end), anchor0);
      take(&seen1, constants, left[1], relate(streamed, own1.point, own1.label, end), anchor1);
      take(&seen2, constants, left[2], relate(streamed, own2.point, own2.label, end), anchor2);
      take(&seen3, constants, left[3], relate(streamed, own3.point, own3.label, end), anchor3);
      take(&seen4, constants, right[0], relate(streamed, own4.point, own4.label, end), anchor4);
      take(&seen5, constants, right[1], relate(streamed, own5.point, own5.label, end), anchor5);
      take(&seen6, constants, right[2], relate(streamed, own6.point, own6.label, end), anchor6);
      take(&seen7, constants, right[3], relate(streamed, own7.point, own7.label, end), anchor7);
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
