// A tile's similarities for at most four dimensions, where each is quicker computed than kept.
// Needs: subgroup-tile.

struct Tile {
  streamed: u32,   // this lane's first streamed point
}

var<private> keptLeft: mat4x4f;   // own points
var<private> keptRight: mat4x4f;

fn keep(own: u32, chunks: u32) {
  keptLeft = ownPoints(own, 4u * chunks);
  keptRight = ownPoints(own + 16u * chunks, 4u * chunks);
}

fn multiply(tile: ptr<function, Tile>, streamed: u32, own: u32, chunks: u32) {
  (*tile).streamed = streamed;
}

// The similarities of streamed quad r with both halves of the own quads.
fn similaritiesOf(tile: ptr<function, Tile>, r: u32) -> array<mat4x4f, 2> {
  let rows = transpose(streamedPoints((*tile).streamed + 4u * r));
  return array<mat4x4f, 2>(rows * keptLeft, rows * keptRight);
}
