// The subgroup gradient for at most four dimensions, where similarities need not be kept until all are known.
// What it computes, its shapes, its rounds and why it is race-free are those of subgroup-gradient.
//
// Needs: numerics, pairing, subgroup-tile, subgroup-side and subgroup-meeting (with the bindings), pull, a loss (Anchor,
// arrange, pull).
// One workgroup: one tile, 32 own points against 32 streamed ones, each pair met once for both of its ends.
// Cost: pairs of points x (3 dimension multiply-adds + one exponential per anchor end).

const BLOCK_POINTS = TILE_POINTS;

@compute @workgroup_size(4)
fn gradient(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32) {
  let meeting = meetingOf(workgroup.x);
  if (EXCLUSIVE && isIdle(meeting.own, meeting.streamed)) {
    return;
  }
  // Uniforms are read once: some drivers would fetch them anew for every pair.
  let constants = parameters;
  let ownEnd = sweep.rowEnd;
  let streamedEnd = sweep.columnEnd;
  let own = meeting.own + lane;
  let streamed = meeting.streamed + lane;
  let lastPart = (batch.gradientParts - 1u) * batch.quads * 4u;
  var sum = PullSum();
  for (var half = 0u; half < 2u; half++) {
    let ownAt = own + 16u * half;
    let halfPoints = ownPoints(ownAt, 4u);
    let ownHalf = ownOf(meeting.own / 4u + 4u * half, lane);
    var ownCollected = mat4x4f();
    for (var r = 0u; r < TILE_QUADS; r++) {
      let quad = meeting.streamed / 4u + r;
      let at = streamed + 4u * r;
      let quadPoints = streamedPoints(at);
      let similarities = transpose(quadPoints) * halfPoints;
      let around = quadAround(quad, lane, streamedEnd);
      let pulls = meetAll(constants, similarities, ownHalf, ownEnd, around, anchorsAround(quad, lane));
      addAllPulls(&sum, pulls, similarities, meeting.isMirrored);
      ownCollected += quadPoints * pulls;
      let found = gathered(halfPoints * transpose(pulls));
      if (!meeting.isMirrored) {
        collected[lastPart + at] += found;
      }
    }
    collected[ownAt] += ownCollected[0];
    collected[ownAt + 4u] += ownCollected[1];
    collected[ownAt + 8u] += ownCollected[2];
    collected[ownAt + 12u] += ownCollected[3];
  }
  addToPullSums(sum, meeting.own / 4u + lane);
}
