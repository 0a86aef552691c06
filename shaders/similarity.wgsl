// The stored matrix of similarities: cosines or dot products, or Euclidean distances by differences (the expansion
// |a|^2 + |b|^2 - 2 a.b would give duplicates a distance of 1e-3).
// Shapes: quads as in pairing (normalized or not); matrix = rows x columns, row-major. One invocation: four rows and
// one column. Cost: rows x columns x dimension multiply-adds, and one write per pair.

struct Matrix {
  dimension: u32,
  rows: u32,
  columns: u32,
  columnStart: u32,   // the first column among the points; columns of two towers lie behind the rows
}

override DISTANCE: bool = false;

@group(0) @binding(0) var<uniform> shape: Matrix;
@group(0) @binding(1) var<storage, read> quads: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> matrix: array<f32>;

@compute @workgroup_size(16, 4)
fn similarity(@builtin(global_invocation_id) invocation: vec3u) {
  let column = invocation.x;
  let rowQuad = invocation.y;
  if (column >= shape.columns || 4u * rowQuad >= shape.rows) {
    return;
  }
  let rowBase = rowQuad * shape.dimension;
  let point = shape.columnStart + column;
  let columnBase = point / 4u * shape.dimension;
  var sum = vec4f();
  for (var k = 0u; k < shape.dimension; k++) {
    let row = quads[rowBase + k];
    let other = quads[columnBase + k][point % 4u];
    if (DISTANCE) {
      let difference = row - other;
      sum += difference * difference;
    } else {
      sum += row * other;
    }
  }
  if (DISTANCE) {
    sum = sqrt(sum);
  }
  for (var lane = 0u; lane < 4u && 4u * rowQuad + lane < shape.rows; lane++) {
    matrix[(4u * rowQuad + lane) * shape.columns + column] = sum[lane];
  }
}
