// Squared distances, by differences: |a|^2 + |b|^2 - 2 a.b would lose those of close points.
// Needs: distances, and the bindings `shape` and `quads`.

// Four rows against four columns; one vector of four rows per column.
fn squaredDistances(rowQuad: u32, columnQuad: u32) -> mat4x4f {
  var sum = mat4x4f();
  let dimension = shape.dimension;
  for (var k = 0u; k < dimension; k++) {
    let row = quads[rowQuad * dimension + k];
    let column = quads[columnQuad * dimension + k];
    let differences = mat4x4f(row - column.x, row - column.y, row - column.z, row - column.w);
    sum[0] += differences[0] * differences[0];
    sum[1] += differences[1] * differences[1];
    sum[2] += differences[2] * differences[2];
    sum[3] += differences[3] * differences[3];
  }
  return sum;
}

// Four rows, each against its own match.
fn squaredDistancesOfMatches(rowQuad: u32, matchQuad: u32) -> vec4f {
  var sum = vec4f();
  let dimension = shape.dimension;
  for (var k = 0u; k < dimension; k++) {
    let difference = quads[rowQuad * dimension + k] - quads[matchQuad * dimension + k];
    sum += difference * difference;
  }
  return sum;
}
