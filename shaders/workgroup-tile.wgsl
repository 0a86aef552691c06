// A register tile of the pair matrix: each invocation of the skeleton multiplies one quad of rows with two of columns.
// Per component it loads three vectors and does 32 multiply-adds.
// Needs: pairing, and the bindings `batch` and `quads`.

// The similarities of four rows with eight columns; one vector of four rows per column.
struct PairTile {
  left: mat4x4f,
  right: mat4x4f,
}

fn pairTile(rowQuad: u32, columnQuad: u32) -> PairTile {
  var left = mat4x4f();
  var right = mat4x4f();
  let dimension = batch.dimension;
  let rowBase = rowQuad * dimension;
  let leftBase = columnQuad * dimension;
  let rightBase = leftBase + dimension;
  for (var k = 0u; k < dimension; k++) {
    let row = quads[rowBase + k];
    left += outer(quads[leftBase + k], row);
    right += outer(quads[rightBase + k], row);
  }
  return PairTile(left, right);
}
