// What each point gathers from those it meets; the matrix of distances is never stored.
//
// Needs: numerics, distances, distance-tile, a loss (emptyTally, accumulate, combine).
// Shapes: quads = points x dimension (see pairing); partials = splits x quads, the tallies of four points each.
// One invocation: one quad of rows against one quad of columns in every TILE, every `splits` tiles.
// Race-free: each workgroup owns its (row tile, split); its eight column lanes are combined in a fixed order.
// Cost: rows x columns x (3 dimension operations + a square root or an exponential).

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(2) var<uniform> rowTile: RowTile;
@group(0) @binding(3) var<storage, read> quads: array<vec4f>;
@group(0) @binding(4) var<storage, read> labels: array<vec4u>;
@group(0) @binding(5) var<storage, read_write> partials: array<mat4x4f>;

var<workgroup> lanes: array<mat4x4f, 64>;

@compute @workgroup_size(8, 8)
fn distanceStatistics(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let rowQuad = rowTile.firstRow / 4u + workgroup.x * 8u + local.y;
  // Uniforms are read once: some drivers would fetch them anew for every pair.
  let constants = parameters;
  let end = rowTile.columnEnd;
  let rowEnd = rowTile.rowEnd;
  let stride = shape.splits * TILE;
  let points = pointsOf(rowQuad);
  let rowLabels = labels[rowQuad];
  var tally = emptyTally();
  for (var first = rowTile.columnStart + workgroup.y * TILE; first < end; first += stride) {
    let columnQuad = first / 4u + local.x;
    let column = 4u * columnQuad;
    let squared = squaredDistances(rowQuad, columnQuad);
    let columnLabels = labels[columnQuad];
    accumulate(&tally, constants, squared[0], relate(points, rowLabels, rowEnd, column, columnLabels.x, end));
    accumulate(&tally, constants, squared[1], relate(points, rowLabels, rowEnd, column + 1u, columnLabels.y, end));
    accumulate(&tally, constants, squared[2], relate(points, rowLabels, rowEnd, column + 2u, columnLabels.z, end));
    accumulate(&tally, constants, squared[3], relate(points, rowLabels, rowEnd, column + 3u, columnLabels.w, end));
  }
  if (rowTile.matchQuad != NOBODY && workgroup.y == 0u && local.x == 0u) {
    let matchQuad = rowTile.matchQuad + rowQuad - rowTile.towerQuad;
    let squared = squaredDistancesOfMatches(rowQuad, matchQuad);
    accumulate(&tally, constants, squared, relateMatches(points, rowLabels, rowEnd, labels[matchQuad]));
  }
  lanes[local.y * 8u + local.x] = tally;
  workgroupBarrier();
  if (local.x == 0u) {
    for (var lane = 1u; lane < 8u; lane++) {
      tally = combine(tally, lanes[local.y * 8u + lane]);
    }
    partials[workgroup.y * shape.quads + rowQuad] = tally;
  }
}
