// What four rows take in of a quad of columns, shared by the workgroup-statistics and blocked-statistics kernels.
// Needs: numerics, pairing, a loss (Statistics, Anchor), a pass (take), and the binding `labels`.

fn takeAll(
  seen: ptr<function, Statistics>,
  constants: Parameters,
  similarities: mat4x4f,
  rows: Rows,
  anchor: Anchor,
  columnQuad: u32,
  end: u32,
) {
  let column = 4u * columnQuad;
  let quadLabels = labels[columnQuad];
  take(seen, constants, similarities[0], relate(rows, column, quadLabels.x, end), anchor);
  take(seen, constants, similarities[1], relate(rows, column + 1u, quadLabels.y, end), anchor);
  take(seen, constants, similarities[2], relate(rows, column + 2u, quadLabels.z, end), anchor);
  take(seen, constants, similarities[3], relate(rows, column + 3u, quadLabels.w, end), anchor);
}
