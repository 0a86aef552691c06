// A tile's similarities for one dimension, with everything that depends on it written out: a lane's own points stay in
// private memory while others stream past, at indices that are constant. Where those are dear that are not, what remains
// is one load for each chunk of a streamed quad. Narrow points are a single chunk, which is quicker computed than kept.
// Needs: subgroup-tile, and the constant CHUNKS: vectors of four components that a point takes.

alias Point = array<vec4f, CHUNKS>;

struct Tile {
  streamed: u32,   // this lane's first streamed point
}

// Chunks of four own points, one per column: entry 2 chunk + half.
var<private> kept: array<mat4x4f, 2u * CHUNKS>;

fn keep(own: u32, chunks: u32) {
  for (var quad = 0u; quad < TILE_QUADS; quad++) {
    for (var chunk = 0u; chunk < chunks; chunk++) {
      kept[2u * chunk + quad / 4u][quad % 4u] = points[own + 4u * quad * chunks + chunk];
    }
  }
}

// The similarities of a streamed quad (rows) with both halves of the kept quads (columns); `at` is this lane's point of it.
// Loads and products alternate: some compilers give every value between two loads a place of its own in memory.
fn similaritiesAt(at: u32, point: ptr<function, Point>) -> array<mat4x4f, 2> {
  var left = mat4x4f();
  var right = mat4x4f();
  @unroll for (var chunk = 0u; chunk < CHUNKS; chunk++) {
    (*point)[chunk] = points[at + chunk];
    let rows = transpose(exchanged((*point)[chunk]));
    left += rows * kept[2u * chunk];
    right += rows * kept[2u * chunk + 1u];
  }
  return array<mat4x4f, 2>(left, right);
}

fn multiply(tile: ptr<function, Tile>, streamed: u32, own: u32, chunks: u32) {
  (*tile).streamed = streamed;
}

fn similaritiesOf(tile: ptr<function, Tile>, r: u32) -> array<mat4x4f, 2> {
  var point: Point;
  return similaritiesAt((*tile).streamed + 4u * r * CHUNKS, &point);
}
