// The subgroup gradient for one dimension, with everything that depends on it written out (see unrolled-product): what
// own points collect stays in private memory, too, and each streamed quad is loaded once for its similarities and both pulls.
//
// Needs: numerics, pairing, subgroup-tile, subgroup-side and subgroup-meeting (with the bindings), unrolled-product, pull, a
// loss (Anchor, arrange, pull).
// Shapes: as in subgroup-gradient. One workgroup: two blocks of 256 points that meet, 32 own points at a time.
// Race-free: by rounds, as there. A block that meets itself adds to both of its parts, in one workgroup.
// Cost: pairs of points x (3 dimension multiply-adds + one exponential per anchor end).

const BLOCK_POINTS = 256u;

@compute @workgroup_size(4)
fn gradient(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32) {
  let meeting = meetingOf(workgroup.x);
  let constants = parameters;
  let ownEnd = sweep.rowEnd;
  let streamedEnd = sweep.columnEnd;
  let ownBlockEnd = min(meeting.own + BLOCK_POINTS, ownEnd);
  let streamedBlockEnd = min(meeting.streamed + BLOCK_POINTS, streamedEnd);
  let lastPart = (batch.gradientParts - 1u) * batch.quads * 4u * CHUNKS;
  var sum = PullSum();
  for (var own = meeting.own; own < ownBlockEnd; own += TILE_POINTS) {
    keep((own + lane) * CHUNKS, CHUNKS);
    // What the kept points collect. Never at another index than a constant, so that compilers see values, not memory. Made
    // empty in so many words: where it was only declared, software emptied it once, for all tiles.
    var keptCollected = array<mat4x4f, 2u * CHUNKS>();
    let leftOwn = ownOf(own / 4u, lane);
    let rightOwn = ownOf(own / 4u + 4u, lane);
    // Of a block that meets itself, own tiles meet themselves and those that follow.
    for (var streamed = select(meeting.streamed, own, meeting.isMirrored); streamed < streamedBlockEnd; streamed += 4u) {
      if (EXCLUSIVE && isIdle(own, streamed)) {
        continue;
      }
      let isMirrored = meeting.isMirrored && streamed < own + TILE_POINTS;
      let at = (streamed + lane) * CHUNKS;
      let around = quadAround(streamed / 4u, lane, streamedEnd);
      let anchorsOfQuad = anchorsAround(streamed / 4u, lane);
      var point: Point;
      let similarities = similaritiesAt(at, &point);
      let left = meetAll(constants, similarities[0], leftOwn, ownEnd, around, anchorsOfQuad);
      let right = meetAll(constants, similarities[1], rightOwn, ownEnd, around, anchorsOfQuad);
      addAllPulls(&sum, left, similarities[0], isMirrored);
      addAllPulls(&sum, right, similarities[1], isMirrored);
      // A copy that is mirrored collects nothing.
      let share = select(1.0, 0.0, isMirrored);
      let leftBack = share * transpose(left);
      let rightBack = share * transpose(right);
      @unroll for (var chunk = 0u; chunk < CHUNKS; chunk++) {
        let quad = exchanged(point[chunk]);
        keptCollected[2u * chunk] += quad * left;
        keptCollected[2u * chunk + 1u] += quad * right;
        collected[lastPart + at + chunk] += gathered(kept[2u * chunk] * leftBack + kept[2u * chunk + 1u] * rightBack);
      }
    }
    // The points themselves have been met.
    @unroll for (var chunk = 0u; chunk < CHUNKS; chunk++) {
      kept[2u * chunk] = keptCollected[2u * chunk];
      kept[2u * chunk + 1u] = keptCollected[2u * chunk + 1u];
    }
    for (var quad = 0u; quad < TILE_QUADS; quad++) {
      for (var chunk = 0u; chunk < CHUNKS; chunk++) {
        collected[(own + 4u * quad + lane) * CHUNKS + chunk] += kept[2u * chunk + quad / 4u][quad % 4u];
      }
    }
  }
  addToPullSums(sum, meeting.own / 4u + lane);
}
