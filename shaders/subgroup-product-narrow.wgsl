// A tile's similarities for at most four dimensions, where each is quicker computed than kept.
// Needs: subgroup-tile.

struct Tile {
  left: mat4x4f,    // own points
  right: mat4x4f,
  streamed: u32,    // this lane's first streamed point
}

fn multiply(tile: ptr<function, Tile>, streamed: u32, own: u32, chunks: u32) {
  *tile = Tile(ownPoints(own, 4u * chunks), ownPoints(own + 16u * chunks, 4u * chunks), streamed);
}

// The similarities of streamed quad r with both halves of the own quads.
fn similaritiesOf(tile: ptr<function, Tile>, r: u32) -> array<mat4x4f, 2> {
  let rows = transpose(streamedPoints((*tile).streamed + 4u * r));
  return array<mat4x4f, 2>(rows * (*tile).left, rows * (*tile).right);
}
