// The gradient with respect to the (unit) points: point i collects the sum over j of pull(i, j) * point j, where a pair is
// pulled by both of its ends that are anchors. The pair matrix is computed anew, tile by tile, and never stored.
//
// Needs: numerics, pairing, subgroup-tile, subgroup-side and subgroup-meeting (with the bindings), subgroup-product, pull, a
// loss (Anchor, arrange, pull).
// Shapes: points by point (see point-layout); collected = gradientParts times the same; pullSums = quads, of which each
// workgroup has four.
// One workgroup: one tile, 32 own points against 32 streamed ones, each pair met once for both of its ends. Own points
// add to the first part, streamed points to the last.
// Race-free: a dispatch is one round (see subgroup-meeting), so every block is own in one workgroup and streamed in one
// other, and these add to different parts. Rounds follow each other, so the order of all sums is fixed.
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
  let chunks = chunksOf(batch.dimension);
  let stride = 4u * chunks;
  let own = (meeting.own + lane) * chunks;
  let streamed = (meeting.streamed + lane) * chunks;
  var tile = Tile();
  multiply(&tile, streamed, own, chunks);

  var sum = PullSum();
  for (var half = 0u; half < 2u; half++) {
    let ownHalf = ownOf(meeting.own / 4u + 4u * half, lane);
    for (var r = 0u; r < TILE_QUADS; r++) {
      let quad = meeting.streamed / 4u + r;
      let around = quadAround(quad, lane, streamedEnd);
      let similarities = tile[2u * r + half];
      let pulls = meetAll(constants, similarities, ownHalf, ownEnd, around, anchorsAround(quad, lane));
      addAllPulls(&sum, pulls, similarities, meeting.isMirrored);
      tile[2u * r + half] = pulls;
    }
  }
  addToPullSums(sum, meeting.own / 4u + lane);

  for (var chunk = 0u; chunk < chunks; chunk++) {
    let at = streamed + chunk;
    var quad = streamedPoints(at);
    var left = quad * tile[0];
    var right = quad * tile[1];
    quad = streamedPoints(at + stride);
    left += quad * tile[2];
    right += quad * tile[3];
    quad = streamedPoints(at + 2u * stride);
    left += quad * tile[4];
    right += quad * tile[5];
    quad = streamedPoints(at + 3u * stride);
    left += quad * tile[6];
    right += quad * tile[7];
    quad = streamedPoints(at + 4u * stride);
    left += quad * tile[8];
    right += quad * tile[9];
    quad = streamedPoints(at + 5u * stride);
    left += quad * tile[10];
    right += quad * tile[11];
    quad = streamedPoints(at + 6u * stride);
    left += quad * tile[12];
    right += quad * tile[13];
    quad = streamedPoints(at + 7u * stride);
    left += quad * tile[14];
    right += quad * tile[15];
    let ownAt = own + chunk;
    collected[ownAt] += left[0];
    collected[ownAt + stride] += left[1];
    collected[ownAt + 2u * stride] += left[2];
    collected[ownAt + 3u * stride] += left[3];
    collected[ownAt + 4u * stride] += right[0];
    collected[ownAt + 5u * stride] += right[1];
    collected[ownAt + 6u * stride] += right[2];
    collected[ownAt + 7u * stride] += right[3];
  }
  if (meeting.isMirrored) {
    return;
  }
  let lastPart = (batch.gradientParts - 1u) * batch.quads * stride;
  for (var chunk = 0u; chunk < chunks; chunk++) {
    let left = ownPoints(own + chunk, stride);
    let right = ownPoints(own + 4u * stride + chunk, stride);
    let at = lastPart + streamed + chunk;
    collected[at] += gathered(left * transpose(tile[0]) + right * transpose(tile[1]));
    collected[at + stride] += gathered(left * transpose(tile[2]) + right * transpose(tile[3]));
    collected[at + 2u * stride] += gathered(left * transpose(tile[4]) + right * transpose(tile[5]));
    collected[at + 3u * stride] += gathered(left * transpose(tile[6]) + right * transpose(tile[7]));
    collected[at + 4u * stride] += gathered(left * transpose(tile[8]) + right * transpose(tile[9]));
    collected[at + 5u * stride] += gathered(left * transpose(tile[10]) + right * transpose(tile[11]));
    collected[at + 6u * stride] += gathered(left * transpose(tile[12]) + right * transpose(tile[13]));
    collected[at + 7u * stride] += gathered(left * transpose(tile[14]) + right * transpose(tile[15]));
  }
}
