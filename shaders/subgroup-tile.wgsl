// What the kernels share that exchange between lanes. A tile of the pair matrix is 32 own points against 32 streamed ones.
// The four points of a quad lie in four neighbouring lanes; each lane keeps its own, and the others come by exchange, which
// costs nothing where a load is dear (software adapters pay for each lane of each load). No workgroup memory, no barriers.
//
// With a quad of streamed points as the matrix A (four components x four points, each lane's own point first) and four
// quads of own points as B (four components x four points of this lane), every product of the skeleton is one of 4 x 4
// matrices: the similarities are transpose(A) B, and with the pulls P the gradients are A P of B and B transpose(P) of A.
//
// Needs: the binding `points`, by point (see point-layout).

const TILE_POINTS = 32u;   // own points, and streamed points
const TILE_QUADS = 8u;

// Vectors of four components that a point takes.
fn chunksOf(dimension: u32) -> u32 {
  return (dimension + 3u) / 4u;
}

// A chunk of four own quads, one point of each per lane; `at` is the chunk of this lane's point of the first.
fn ownPoints(at: u32, stride: u32) -> mat4x4f {
  return mat4x4f(points[at], points[at + stride], points[at + 2u * stride], points[at + 3u * stride]);
}

// The four points of a quad: the lane's own, its neighbours' in x, in y, and across.
fn exchanged(own: vec4f) -> mat4x4f {
  return mat4x4f(own, quadSwapX(own), quadSwapY(own), quadSwapDiagonal(own));
}

fn streamedPoints(at: u32) -> mat4x4f {
  return exchanged(points[at]);
}
