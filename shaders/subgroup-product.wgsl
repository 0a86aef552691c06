// A tile's similarities, all computed at once and kept, for any dimension.
// Needs: subgroup-tile.

// Entry 2 r + h: streamed quad r (rows) against half h of the own quads (columns).
alias Tile = array<mat4x4f, 16>;

// From the first chunks of this lane's points. Written out: indices that are not constant cost as much as loads.
fn multiply(tile: ptr<function, Tile>, streamed: u32, own: u32, chunks: u32) {
  let stride = 4u * chunks;
  for (var chunk = 0u; chunk < chunks; chunk++) {
    let left = ownPoints(own + chunk, stride);
    let right = ownPoints(own + 4u * stride + chunk, stride);
    let at = streamed + chunk;
    var rows = transpose(streamedPoints(at));
    (*tile)[0] += rows * left;
    (*tile)[1] += rows * right;
    rows = transpose(streamedPoints(at + stride));
    (*tile)[2] += rows * left;
    (*tile)[3] += rows * right;
    rows = transpose(streamedPoints(at + 2u * stride));
    (*tile)[4] += rows * left;
    (*tile)[5] += rows * right;
    rows = transpose(streamedPoints(at + 3u * stride));
    (*tile)[6] += rows * left;
    (*tile)[7] += rows * right;
    rows = transpose(streamedPoints(at + 4u * stride));
    (*tile)[8] += rows * left;
    (*tile)[9] += rows * right;
    rows = transpose(streamedPoints(at + 5u * stride));
    (*tile)[10] += rows * left;
    (*tile)[11] += rows * right;
    rows = transpose(streamedPoints(at + 6u * stride));
    (*tile)[12] += rows * left;
    (*tile)[13] += rows * right;
    rows = transpose(streamedPoints(at + 7u * stride));
    (*tile)[14] += rows * left;
    (*tile)[15] += rows * right;
  }
}

// The similarities of streamed quad r with both halves of the own quads.
fn similaritiesOf(tile: ptr<function, Tile>, r: u32) -> array<mat4x4f, 2> {
  return array<mat4x4f, 2>((*tile)[2u * r], (*tile)[2u * r + 1u]);
}
