// The pull of four rows and one column, or four, on each other, shared by the workgroup-gradient, its narrow form and
// blocked-gradient.
// Needs: numerics, pairing, pull, a loss (Anchor, arrange, pull), and the bindings `labels` and `anchors`.

// Which of four anchors: a unit vector, because some drivers index vectors slowly.
const FIRST = vec4f(1.0, 0.0, 0.0, 0.0);
const SECOND = vec4f(0.0, 1.0, 0.0, 0.0);
const THIRD = vec4f(0.0, 0.0, 1.0, 0.0);
const FOURTH = vec4f(0.0, 0.0, 0.0, 1.0);

// One of four anchors, four times.
fn oneOf(anchorsOfQuad: Anchor, which: vec4f) -> Anchor {
  return arrange(anchorsOfQuad, mat4x4f(which, which, which, which));
}

fn addPulls(sum: ptr<function, PullSum>, pulled: vec4f, similarity: vec4f) {
  if (SUM_PULLS) {
    (*sum).pull += pulled;
    (*sum).pullSimilarity += pulled * similarity;
  }
}

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

// The same of a quad of columns: one vector of four rows per column.
fn meetAll(
  sum: ptr<function, PullSum>,
  constants: Parameters,
  similarities: mat4x4f,
  rows: Rows,
  rowAnchor: Anchor,
  columnQuad: u32,
  end: u32,
) -> mat4x4f {
  let column = 4u * columnQuad;
  let quadLabels = labels[columnQuad];
  let columnAnchors = anchors[columnQuad];
  return mat4x4f(
    meet(sum, constants, rowAnchor, oneOf(columnAnchors, FIRST), similarities[0], relate(rows, column, quadLabels.x, end)),
    meet(sum, constants, rowAnchor, oneOf(columnAnchors, SECOND), similarities[1], relate(rows, column + 1u, quadLabels.y, end)),
    meet(sum, constants, rowAnchor, oneOf(columnAnchors, THIRD), similarities[2], relate(rows, column + 2u, quadLabels.z, end)),
    meet(sum, constants, rowAnchor, oneOf(columnAnchors, FOURTH), similarities[3], relate(rows, column + 3u, quadLabels.w, end)),
  );
}
