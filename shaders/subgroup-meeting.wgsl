// Which blocks meet in a round of the subgroup gradients, and the pulls of a pair on both of its ends.
// Needs: numerics, pairing, subgroup-tile, subgroup-side, pull, a loss (Anchor, spread, pull),
// and the bindings `sweep` and `anchors`.

struct Meeting {
  own: u32,           // first points
  streamed: u32,
  isMirrored: bool,   // a block of one set against itself holds every pair twice: each end collects from its own copy
}

// In round r, block i of one set meets block i + r (modulo the blocks); between two towers, each block of the smaller one
// meets one of the larger. So every block is own in one workgroup at most, and streamed in one at most.
fn meetingOf(index: u32, round: u32) -> Meeting {
  let ownBlocks = (sweep.rowEnd - sweep.rowStart + TILE_POINTS - 1u) / TILE_POINTS;
  let streamedBlocks = (sweep.columnEnd - sweep.columnStart + TILE_POINTS - 1u) / TILE_POINTS;
  let isSmaller = ownBlocks <= streamedBlocks;
  let turned = (index + round) % max(ownBlocks, streamedBlocks);
  let own = sweep.rowStart + TILE_POINTS * select(turned, index, isSmaller);
  let streamed = sweep.columnStart + TILE_POINTS * select(index, turned, isSmaller);
  return Meeting(own, streamed, own == streamed);
}

// Four own points of this lane, one in each of four quads, and what they are as anchors.
struct Own {
  sides: array<Side, 4>,
  anchors: array<Anchor, 4>,
}

fn anchorOf(quad: u32, unit: vec4f) -> Anchor {
  return spread(anchors[quad], unit);
}

fn ownOf(quad: u32, lane: u32, unit: vec4f) -> Own {
  let end = sweep.rowEnd;
  return Own(
    array<Side, 4>(
      sideOf(quad, lane, end),
      sideOf(quad + 1u, lane, end),
      sideOf(quad + 2u, lane, end),
      sideOf(quad + 3u, lane, end),
    ),
    array<Anchor, 4>(
      anchorOf(quad, unit),
      anchorOf(quad + 1u, unit),
      anchorOf(quad + 2u, unit),
      anchorOf(quad + 3u, unit),
    ),
  );
}

// What does not change while a block streams past another.
struct Circumstances {
  constants: Parameters,
  ownEnd: u32,
  streamedEnd: u32,
  isMirrored: bool,
}

// The pulls of both ends of four pairs per lane, of one own point.
fn meet(
  sum: ptr<function, PullSum>,
  given: Circumstances,
  similarity: vec4f,
  own: Side,
  ownAnchor: Anchor,
  streamed: Side,
  streamedAnchor: Anchor,
) -> vec4f {
  var total = vec4f();
  if (ROWS_ARE_ANCHORS) {
    total = pull(ownAnchor, given.constants, similarity, relate(streamed.quad, own.point, own.label, given.ownEnd));
    addPulls(sum, total, similarity);
  }
  if (COLUMNS_ARE_ANCHORS) {
    let handed = handOver(similarity);
    let relation = relate(own.quad, streamed.point, streamed.label, given.streamedEnd);
    let pulled = pull(streamedAnchor, given.constants, handed, relation);
    if (!given.isMirrored) {
      addPulls(sum, pulled, handed);
    }
    total += handOver(pulled);
  }
  return total;
}

// The same of four own points, one per column.
fn meetAll(
  sum: ptr<function, PullSum>,
  given: Circumstances,
  similarities: mat4x4f,
  own: Own,
  streamed: Side,
  streamedAnchor: Anchor,
) -> mat4x4f {
  return mat4x4f(
    meet(sum, given, similarities[0], own.sides[0], own.anchors[0], streamed, streamedAnchor),
    meet(sum, given, similarities[1], own.sides[1], own.anchors[1], streamed, streamedAnchor),
    meet(sum, given, similarities[2], own.sides[2], own.anchors[2], streamed, streamedAnchor),
    meet(sum, given, similarities[3], own.sides[3], own.anchors[3], streamed, streamedAnchor),
  );
}

// What a quad of streamed points collects, from what each lane found for each of its points.
fn gathered(found: mat4x4f) -> vec4f {
  return found[0] + quadSwapX(found[1]) + quadSwapY(found[2]) + quadSwapDiagonal(found[3]);
}
