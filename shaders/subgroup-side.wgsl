// What statistics and gradients by exchange between lanes share: what they read, and what a lane knows of the points that
// it keeps, and of those that stream past it.
// Needs: pairing, a loss (Anchor, arrange).

@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(2) var<uniform> sweep: Sweep;
@group(0) @binding(3) var<uniform> slice: Slice;
@group(0) @binding(4) var<storage, read> points: array<vec4f>;
@group(0) @binding(5) var<storage, read> labels: array<u32>;
@group(0) @binding(6) var<storage, read> anchors: array<Anchor>;

// Four points of this lane, one in each of four quads.
struct Own {
  points: vec4u,
  labels: vec4u,
  anchors: array<Anchor, 4>,
}

fn ownOf(quad: u32, lane: u32) -> Own {
  let unit = unitOf(lane);
  let order = mat4x4f(unit, unit, unit, unit);
  let own = vec4u(4u * quad + lane) + vec4u(0u, 4u, 8u, 12u);
  return Own(
    own,
    vec4u(labels[own.x], labels[own.y], labels[own.z], labels[own.w]),
    array<Anchor, 4>(
      arrange(anchors[quad], order),
      arrange(anchors[quad + 1u], order),
      arrange(anchors[quad + 2u], order),
      arrange(anchors[quad + 3u], order),
    ),
  );
}

// The points of a quad in the order in which a lane meets them: its own, its neighbours' in x, in y, and across.
fn quadAround(quad: u32, lane: u32, end: u32) -> Rows {
  let label = labels[4u * quad + lane];
  let around = vec4u(4u * quad) + (vec4u(lane) ^ vec4u(0u, 1u, 2u, 3u));
  let labelsAround = vec4u(label, quadSwapX(label), quadSwapY(label), quadSwapDiagonal(label));
  return Rows(around, labelsAround, around < vec4u(end), labelsAround == vec4u(NOBODY));
}

// Their anchors.
fn anchorsAround(quad: u32, lane: u32) -> Anchor {
  return arrange(anchors[quad], mat4x4f(unitOf(lane), unitOf(lane ^ 1u), unitOf(lane ^ 2u), unitOf(lane ^ 3u)));
}

fn unitOf(lane: u32) -> vec4f {
  return select(vec4f(), vec4f(1.0), vec4u(lane) == vec4u(0u, 1u, 2u, 3u));
}
