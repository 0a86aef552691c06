// The gradient with respect to the (unit) points: row i collects the sum over those it meets of pull * (u_i - u_j). The
// distances are computed anew, tile by tile, and never stored; differences are taken before they are weighed, so that
// close points do not cancel.
//
// Needs: numerics, distances, distance-tile, terms, a loss (pull).
// Shapes: towerTotals = two; totals = one, whose count the gradient through the normalization divides by; gradients = splits x quads x dimension, laid out as quads.
// One workgroup: TILE rows against all columns of its split. Its invocations first turn distances into pulls, then share
// the tile of pulls and collect: one quad of rows and every eighth component each.
// Race-free: each workgroup owns its rows of its split; barriers separate writing and reading the tile.
// Cost: rows x columns x (6 dimension operations + a square root or an exponential).

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(2) var<uniform> rowTile: RowTile;
@group(0) @binding(3) var<storage, read> quads: array<vec4f>;
@group(0) @binding(4) var<storage, read> labels: array<vec4u>;
@group(0) @binding(5) var<storage, read> towerTotals: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> gradients: array<vec4f>;
@group(0) @binding(7) var<storage, read> totals: Totals;

var<workgroup> pulls: array<vec4f, 256>;   // TILE columns x 8 quads of rows

@compute @workgroup_size(8, 8)
fn distanceGradient(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let rowQuad = rowTile.firstRow / 4u + workgroup.x * 8u + local.y;
  // Uniforms are read once: some drivers would fetch them anew for every pair.
  let dimension = shape.dimension;
  let constants = parameters;
  let end = rowTile.columnEnd;
  let rowEnd = rowTile.rowEnd;
  let stride = shape.splits * TILE;
  let total = towerTotals[rowTile.tower];
  // A pair is met from both of its ends, the loss is the mean over the towers, and the count is divided by later.
  let ends = 2.0 * f32(max(totals.count, 1u)) / f32(shape.towers);
  let points = pointsOf(rowQuad);
  let rowLabels = labels[rowQuad];
  let rowBase = rowQuad * dimension;
  let gradientBase = (workgroup.y * shape.quads + rowQuad) * dimension;
  for (var k = local.x; k < dimension; k += 8u) {
    gradients[gradientBase + k] = vec4f();
  }
  if (rowTile.matchQuad != NOBODY && workgroup.y == 0u) {
    let matchQuad = rowTile.matchQuad + rowQuad - rowTile.towerQuad;
    let squared = squaredDistancesOfMatches(rowQuad, matchQuad);
    let strength = ends * pull(constants, total, squared, relateMatches(points, rowLabels, rowEnd, labels[matchQuad]));
    for (var k = local.x; k < dimension; k += 8u) {
      gradients[gradientBase + k] = strength * (quads[rowBase + k] - quads[matchQuad * dimension + k]);
    }
  }
  for (var first = rowTile.columnStart + workgroup.y * TILE; first < end; first += stride) {
    let columnQuad = first / 4u + local.x;
    let column = 4u * columnQuad;
    let squared = squaredDistances(rowQuad, columnQuad);
    let columnLabels = labels[columnQuad];
    let at = 32u * local.x + local.y;
    pulls[at] = pull(constants, total, squared[0], relate(points, rowLabels, rowEnd, column, columnLabels.x, end));
    pulls[at + 8u] = pull(constants, total, squared[1], relate(points, rowLabels, rowEnd, column + 1u, columnLabels.y, end));
    pulls[at + 16u] = pull(constants, total, squared[2], relate(points, rowLabels, rowEnd, column + 2u, columnLabels.z, end));
    pulls[at + 24u] = pull(constants, total, squared[3], relate(points, rowLabels, rowEnd, column + 3u, columnLabels.w, end));
    workgroupBarrier();
    for (var k = local.x; k < dimension; k += 8u) {
      let row = quads[rowBase + k];
      var collected = vec4f();
      for (var quad = 0u; quad < 8u; quad++) {
        let other = quads[(first / 4u + quad) * dimension + k];
        let start = 32u * quad + local.y;
        collected += pulls[start] * (row - other.x) + pulls[start + 8u] * (row - other.y)
          + pulls[start + 16u] * (row - other.z) + pulls[start + 24u] * (row - other.w);
      }
      gradients[gradientBase + k] += ends * collected;
    }
    workgroupBarrier();
  }
}
