// The pull of four rows and one column on each other, shared by the workgroup-gradient kernels.
// Needs: numerics, pairing, pull, a loss (Anchor, pull).

// Which of four anchors `spread` repeats: a unit vector, because some drivers index vectors slowly.
const FIRST = vec4f(1.0, 0.0, 0.0, 0.0);
const SECOND = vec4f(0.0, 1.0, 0.0, 0.0);
const THIRD = vec4f(0.0, 0.0, 1.0, 0.0);
const FOURTH = vec4f(0.0, 0.0, 0.0, 1.0);

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
    addPulls(sum, total, similarity);
  }
  if (COLUMNS_ARE_ANCHORS) {
    total += pull(columnAnchor, constants, similarity, relation);
  }
  return total;
}
