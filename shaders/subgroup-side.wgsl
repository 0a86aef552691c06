// What a lane knows of the points that it keeps, or that stream past it.
// Needs: pairing, and the binding `labels`, one number each.

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
