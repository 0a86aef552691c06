// What the subgroup kernels share. A tile of the pair matrix is 32 own points against 32 streamed ones. The four points
// of a quad lie in four neighbouring lanes; each lane keeps its own, and the others come by exchange, which costs nothing
// where a load is dear (software adapters pay for each lane of each load). No workgroup memory, no barriers.
//
// With a quad of streamed points as the matrix A (four components x four points, each lane's own point first) and four
// quads of own points as B (four components x four points of this lane), every product of the skeleton is one of 4 x 4
// matrices: the similarities are transpose(A) B, and with the pulls P the gradients are A P of B and B transpose(P) of A.
//
// Needs: pairing, and the bindings `batch`, `points` (see point-layout) and `labels`, one number each.

const TILE_POINTS = 32u;   // own points, and streamed points
const TILE_QUADS = 8u;

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

// Hands each lane, of what all four found for each other, what was found for it. Its own inverse.
fn handOver(found: vec4f) -> vec4f {
  return vec4f(found.x, quadSwapX(found.y), quadSwapY(found.z), quadSwapDiagonal(found.w));
}

// One point per lane, and what the four of its quad look like from there.
struct Side {
  point: u32,
  label: u32,
  quad: Rows,
}

fn sideOf(quad: u32, lane: u32, end: u32) -> Side {
  let point = 4u * quad + lane;
  let label = labels[point];
  let quadPoints = vec4u(4u * quad) + (vec4u(lane) ^ vec4u(0u, 1u, 2u, 3u));
  let quadLabels = vec4u(label, quadSwapX(label), quadSwapY(label), quadSwapDiagonal(label));
  return Side(point, label, Rows(quadPoints, quadLabels, quadPoints < vec4u(end), quadLabels == vec4u(NOBODY)));
}

fn unitOf(lane: u32) -> vec4f {
  return select(vec4f(), vec4f(1.0), vec4u(lane) == vec4u(0u, 1u, 2u, 3u));
}
