// What the gradients by exchange between lanes share: what they write to, which blocks meet in a round, and the pulls of a
// pair on both of its ends. A dispatch is one round, `slice.first`, from the workgroup `part.first` on.
// Needs: numerics, pairing, subgroup-tile, subgroup-side, pull, a loss (Anchor, pull), BLOCK_POINTS.

@group(0) @binding(7) var<storage, read_write> collected: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> pullSums: array<PullSum>;
@group(0) @binding(9) var<uniform> part: Slice;

struct Meeting {
  own: u32,           // first points
  streamed: u32,
  isMirrored: bool,   // a block of one set against itself holds every pair twice: each end collects from its own copy
}

// In round r, block i of one set meets block i + r (modulo the blocks); between two towers, each block of the smaller one
// meets one of the larger. So every block is own in one workgroup at most, and streamed in one at most.
fn meetingOf(workgroup: u32) -> Meeting {
  let index = part.first + workgroup;
  let ownBlocks = (sweep.rowEnd - sweep.rowStart + BLOCK_POINTS - 1u) / BLOCK_POINTS;
  let streamedBlocks = (sweep.columnEnd - sweep.columnStart + BLOCK_POINTS - 1u) / BLOCK_POINTS;
  let isSmaller = ownBlocks <= streamedBlocks;
  let turned = (index + slice.first) % max(ownBlocks, streamedBlocks);
  let own = sweep.rowStart + BLOCK_POINTS * select(turned, index, isSmaller);
  let streamed = sweep.columnStart + BLOCK_POINTS * select(index, turned, isSmaller);
  return Meeting(own, streamed, own == streamed);
}

// The pulls of both ends of four pairs per lane, those of an own point with a streamed quad. Both ends see the same in
// each other.
fn meet(constants: Parameters, similarity: vec4f, relation: Relation, ownAnchor: Anchor, streamedAnchors: Anchor) -> vec4f {
  var total = vec4f();
  if (ROWS_ARE_ANCHORS) {
    total = pull(ownAnchor, constants, similarity, relation);
  }
  if (COLUMNS_ARE_ANCHORS) {
    total += pull(streamedAnchors, constants, similarity, relation);
  }
  return total;
}

// The same of four own points, one per column.
fn meetAll(
  constants: Parameters,
  similarities: mat4x4f,
  own: Own,
  ownEnd: u32,
  quad: Rows,
  quadAnchors: Anchor,
) -> mat4x4f {
  let points = own.points;
  let labels = own.labels;
  return mat4x4f(
    meet(constants, similarities[0], relate(quad, points.x, labels.x, ownEnd), own.anchors[0], quadAnchors),
    meet(constants, similarities[1], relate(quad, points.y, labels.y, ownEnd), own.anchors[1], quadAnchors),
    meet(constants, similarities[2], relate(quad, points.z, labels.z, ownEnd), own.anchors[2], quadAnchors),
    meet(constants, similarities[3], relate(quad, points.w, labels.w, ownEnd), own.anchors[3], quadAnchors),
  );
}

// Adds the pulls of both ends to the sums. A mirrored block holds every pair twice.
fn addAllPulls(sum: ptr<function, PullSum>, pulls: mat4x4f, similarities: mat4x4f, isMirrored: bool) {
  if (SUM_PULLS) {
    let share = select(1.0, 0.5, isMirrored);
    (*sum).pull += share * (pulls[0] + pulls[1] + pulls[2] + pulls[3]);
    (*sum).pullSimilarity += share
      * (pulls[0] * similarities[0] + pulls[1] * similarities[1] + pulls[2] * similarities[2] + pulls[3] * similarities[3]);
  }
}

// A quad of sums for each lane of each workgroup of a round.
fn addToPullSums(sum: PullSum, quad: u32) {
  if (SUM_PULLS) {
    pullSums[quad].pull += sum.pull;
    pullSums[quad].pullSimilarity += sum.pullSimilarity;
  }
}

// What a quad of streamed points collects, from what each lane found for each of its points.
fn gathered(found: mat4x4f) -> vec4f {
  return found[0] + quadSwapX(found[1]) + quadSwapY(found[2]) + quadSwapDiagonal(found[3]);
}
