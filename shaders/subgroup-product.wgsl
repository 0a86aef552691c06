// A tile's similarities, all computed at once and kept, for any dimension.
// Needs: subgroup-tile.

// Entry 2 r + h: streamed quad r (rows) against half h of the own quads (columns).
alias Tile = array<mat4x4f, 16>;

// Own points are loaded anew for every tile.
fn keep(own: u32, chunks: u32) {
}

// From the first chunks of this lane's points. Written out: indices that are not constant cost as much as loads, and sums
// that lie in an array are stored anew for every addition.
fn multiply(tile: ptr<function, Tile>, streamed: u32, own: u32, chunks: u32) {
  let stride = 4u * chunks;
  var left0 = mat4x4f();
  var right0 = mat4x4f();
  var left1 = mat4x4f();
  var right1 = mat4x4f();
  var left2 = mat4x4f();
  var right2 = mat4x4f();
  var left3 = mat4x4f();
  var right3 = mat4x4f();
  var left4 = mat4x4f();
  var right4 = mat4x4f();
  var left5 = mat4x4f();
  var right5 = mat4x4f();
  var left6 = mat4x4f();
  var right6 = mat4x4f();
  var left7 = mat4x4f();
  var right7 = mat4x4f();
  for (var chunk = 0u; chunk < chunks; chunk++) {
    let left = ownPoints(own + chunk, stride);
    let right = ownPoints(own + 4u * stride + chunk, stride);
    let at = streamed + chunk;
    var rows: mat4x4f;
    rows = transpose(streamedPoints(at));
    left0 += rows * left;
    right0 += rows * right;
    rows = transpose(streamedPoints(at + stride));
    left1 += rows * left;
    right1 += rows * right;
    rows = transpose(streamedPoints(at + 2u * stride));
    left2 += rows * left;
    right2 += rows * right;
    rows = transpose(streamedPoints(at + 3u * stride));
    left3 += rows * left;
    right3 += rows * right;
    rows = transpose(streamedPoints(at + 4u * stride));
    left4 += rows * left;
    right4 += rows * right;
    rows = transpose(streamedPoints(at + 5u * stride));
    left5 += rows * left;
    right5 += rows * right;
    rows = transpose(streamedPoints(at + 6u * stride));
    left6 += rows * left;
    right6 += rows * right;
    rows = transpose(streamedPoints(at + 7u * stride));
    left7 += rows * left;
    right7 += rows * right;
  }
  *tile = Tile(
    left0, right0,
    left1, right1,
    left2, right2,
    left3, right3,
    left4, right4,
    left5, right5,
    left6, right6,
    left7, right7,
  );
}

// The similarities of streamed quad r with both halves of the own quads.
fn similaritiesOf(tile: ptr<function, Tile>, r: u32) -> array<mat4x4f, 2> {
  return array<mat4x4f, 2>((*tile)[2u * r], (*tile)[2u * r + 1u]);
}
