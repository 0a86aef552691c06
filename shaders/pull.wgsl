// The pull of four rows and one column on each other, shared by the gradient kernels.
// Needs: numerics, pairing, a loss (Anchor, pull).

// Which of four anchors `spread` repeats: a unit vector, because some drivers index vectors slowly.
const FIRST = vec4f(1.0, 0.0, 0.0, 0.0);
const SECOND = vec4f(0.0, 1.0, 0.0, 0.0);
const THIRD = vec4f(0.0, 0.0, 1.0, 0.0);
const FOURTH = vec4f(0.0, 0.0, 0.0, 1.0);

struct PullSum {
  pullSimilarity: vec4f,   // sum over candidates of dL/ds * s, for the gradient of the temperature
  pull: vec4f,             // sum over candidates of dL/ds
}

// Which ends of a pair are anchors in this sweep, and whether the sums are wanted.
override ROWS_ARE_ANCHORS: bool = true;
override COLUMNS_ARE_ANCHORS: bool = true;
override SUM_PULLS: bool = true;

// Adds the rows' own share of the pull to their sums.
fn meet(
  sum: ptr<function, PullSum>,
  constants: Parameters,
  rowAnchor: Anchor,
  columnAnchor: Anchor,
  similarity: vec4f,
  relation: Relation,
) -> vec4f {
  var total = vec4f();
  if (ROWS_ARE_ANCHORS) {
    total = pull(rowAnchor, constants, similarity, relation);
    if (SUM_PULLS) {
      (*sum).pull += total;
      (*sum).pullSimilarity += total * similarity;
    }
  }
  if (COLUMNS_ARE_ANCHORS) {
    total += pull(columnAnchor, constants, similarity, relation);
  }
  return total;
}
