// The stored matrix of cosines or dot products, as similarity has it, by exchange between the lanes of a quad.
// Needs: subgroup-tile, a product (keep, multiply, similaritiesOf), and the constant ROWS.
// Shapes: points by point (see point-layout), the columns of two towers behind the rows; matrix = rows x columns,
// row-major. One workgroup: ROWS rows (streamed) and 32 columns (own), tile by tile. Cost: rows x columns x dimension
// multiply-adds, and one write per pair.

struct Matrix {
  dimension: u32,
  rows: u32,
  columns: u32,
  columnStart: u32,   // the first column among the points
}

@group(0) @binding(0) var<uniform> shape: Matrix;
@group(0) @binding(1) var<storage, read> points: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> matrix: array<f32>;

// This lane's column meets its own row of the quad first, then those of its neighbours.
fn write(firstRow: u32, lane: u32, column: u32, similarities: vec4f) {
  let rows = vec4u(firstRow) + (vec4u(lane) ^ vec4u(0u, 1u, 2u, 3u));
  let isInside = (rows < vec4u(shape.rows)) & vec4<bool>(column < shape.columns);
  let at = rows * shape.columns + column;
  if (isInside.x) {
    matrix[at.x] = similarities.x;
  }
  if (isInside.y) {
    matrix[at.y] = similarities.y;
  }
  if (isInside.z) {
    matrix[at.z] = similarities.z;
  }
  if (isInside.w) {
    matrix[at.w] = similarities.w;
  }
}

@compute @workgroup_size(4)
fn similarity(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32) {
  let chunks = chunksOf(shape.dimension);
  let column = TILE_POINTS * workgroup.x + lane;
  let own = (shape.columnStart + column) * chunks;
  keep(own, chunks);
  let rowEnd = min(ROWS * (workgroup.y + 1u), shape.rows);
  for (var firstRow = ROWS * workgroup.y; firstRow < rowEnd; firstRow += TILE_POINTS) {
    var tile = Tile();
    multiply(&tile, (firstRow + lane) * chunks, own, chunks);
    for (var r = 0u; r < TILE_QUADS; r++) {
      let similarities = similaritiesOf(&tile, r);
      let row = firstRow + 4u * r;
      write(row, lane, column, similarities[0][0]);
      write(row, lane, column + 4u, similarities[0][1]);
      write(row, lane, column + 8u, similarities[0][2]);
      write(row, lane, column + 12u, similarities[0][3]);
      write(row, lane, column + 16u, similarities[1][0]);
      write(row, lane, column + 20u, similarities[1][1]);
      write(row, lane, column + 24u, similarities[1][2]);
      write(row, lane, column + 28u, similarities[1][3]);
    }
  }
}
