// The matrix over the features, undivided: entry (j, k) is the sum over the points of (feature j) x (feature k).
//
// Needs: features.
// Shapes: standardized = quads x dimension; partials = splits x matrices x dimension x dimension, row-major.
// One invocation: four by four entries over the points of its split, four points to a dot product. One workgroup: a
// tile of FEATURE_TILE features squared. Race-free: nobody else writes its entries of its split.
// Cost: points x dimension multiply-adds per feature; eight loads for 64 of them.

@group(0) @binding(0) var<uniform> features: Features;
@group(0) @binding(2) var<uniform> slice: Slice;
@group(0) @binding(3) var<storage, read> standardized: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;

// One feature of four points.
fn featureOf(quad: u32, feature: u32) -> vec4f {
  return standardized[quad * features.dimension + min(feature, features.dimension - 1u)];
}

@compute @workgroup_size(8, 8)
fn multiplyFeatures(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let dimension = features.dimension;
  // Tiles are numbered by matrix, then split, then row of tiles.
  let rowTiles = (dimension + FEATURE_TILE - 1u) / FEATURE_TILE;
  let tile = slice.firstTile + workgroup.y;
  let matrix = tile / rowTiles / features.splits;
  let split = tile / rowTiles % features.splits;
  let row = tile % rowTiles * FEATURE_TILE + 4u * local.y;
  let column = workgroup.x * FEATURE_TILE + 4u * local.x;

  let towerQuads = features.towerQuads;
  let share = (towerQuads + features.splits - 1u) / features.splits;
  let rowTower = matrix * towerQuads;
  let columnTower = select(rowTower, towerQuads, CORRELATION);
  let end = min((split + 1u) * share, towerQuads);
  var sums = mat4x4f();
  for (var quad = split * share; quad < end;) {
    // Partial sums of sixteen keep the error of large batches small.
    var partial = mat4x4f();
    for (let pause = min(quad + 16u, end); quad < pause; quad++) {
      let columns = mat4x4f(
        featureOf(columnTower + quad, column),
        featureOf(columnTower + quad, column + 1u),
        featureOf(columnTower + quad, column + 2u),
        featureOf(columnTower + quad, column + 3u),
      );
      partial[0] += featureOf(rowTower + quad, row) * columns;
      partial[1] += featureOf(rowTower + quad, row + 1u) * columns;
      partial[2] += featureOf(rowTower + quad, row + 2u) * columns;
      partial[3] += featureOf(rowTower + quad, row + 3u) * columns;
    }
    sums += partial;
  }
  let matrices = select(2u, 1u, CORRELATION);
  let base = (split * matrices + matrix) * dimension * dimension;
  for (var j = 0u; j < 4u && row + j < dimension; j++) {
    for (var k = 0u; k < 4u && column + k < dimension; k++) {
      partials[base + (row + j) * dimension + column + k] = sums[j][k];
    }
  }
}
