// Who meets whom, and how far apart they are: shared by the kernels that stream over distances.
//
// Points lie in quads, and the parts of a batch as in pairing. A point meets its match in the other tower, and the
// columns of its own tower: all others of a labelled set, none or all of a tower of a paired batch. Equal labels are
// positives of each other; a key that is not similar to its query carries another label.

struct Shape {
  dimension: u32,
  quads: u32,    // quads in all, padding included
  splits: u32,   // workgroups that share the columns of one row tile
  towers: u32,   // 1 = one set
  rows: u32,     // points of each tower
  keyQuad: u32,  // first quad of the second tower
  others: u32,   // points of its own tower that each point meets
}

// The rows that a dispatch begins with, and who they meet.
struct RowTile {
  firstRow: u32,
  rowEnd: u32,
  columnStart: u32,
  columnEnd: u32,
  matchQuad: u32,   // where the matches of the rows' tower begin, NOBODY = there are none
  towerQuad: u32,   // where the rows' tower begins
  tower: u32,
}

const NOBODY = 0xffffffffu;
const TILE = 32u;   // rows, and columns at a time, of a workgroup: 8 x 8 invocations of one quad each

// What one column is to each of four rows.
struct Relation {
  positive: vec4<bool>,
  negative: vec4<bool>,
}

struct TowerLoss {
  loss: f32,
  count: f32,
}

fn pointsOf(quad: u32) -> vec4u {
  return vec4u(4u * quad) + vec4u(0u, 1u, 2u, 3u);
}

// A point does not meet itself.
fn relate(points: vec4u, pointLabels: vec4u, rowEnd: u32, column: u32, label: u32, columnEnd: u32) -> Relation {
  let meets = (points < vec4u(rowEnd)) & vec4<bool>(column < columnEnd) & (points != vec4u(column));
  let matching = pointLabels == vec4u(label);
  return Relation(meets & matching, meets & !matching);
}

fn relateMatches(points: vec4u, pointLabels: vec4u, rowEnd: u32, matchLabels: vec4u) -> Relation {
  let inside = points < vec4u(rowEnd);
  let matching = pointLabels == matchLabels;
  return Relation(inside & matching, inside & !matching);
}
