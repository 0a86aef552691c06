// What two points are to each other, and how similar they are: shared by every kernel that streams over pairs.
//
// Points lie in quads: component k of points 4q .. 4q + 3 is the vector quads[q * dimension + k]. A queries/keys batch
// lies in the same array: queries, then keys from a multiple of 64 points on, extra negatives right behind them; query i,
// and key i, carry the label i, and extra negatives the label NOBODY.

// Extra negatives are the only negatives: other queries' keys are excluded.
override EXCLUSIVE: bool = false;

struct Batch {
  dimension: u32,
  quads: u32,             // quads in all, padding included
  keyStart: u32,          // first key, for exclusive batches
  keyCount: u32,
  statisticsParts: u32,   // partial results of each quad, per pass
  gradientParts: u32,
}

// A rectangle of the pair matrix: rows rowStart .. rowEnd - 1 against columns columnStart .. columnEnd - 1.
struct Sweep {
  rowStart: u32,
  rowEnd: u32,
  columnStart: u32,
  columnEnd: u32,
}

// What a dispatch begins with: one of the sweep's row tiles; or a round, or one of its workgroups (see subgroup-meeting).
struct Slice {
  first: u32,
}

const NOBODY = 0xffffffffu;
const TILE_ROWS = 32u;      // rows of a workgroup: 8 invocations of one quad each
const TILE_COLUMNS = 64u;   // columns of a workgroup at a time: 8 invocations of two quads each

// One component's share of the similarities of four columns with four rows: one vector of four rows per column.
fn outer(columns: vec4f, rows: vec4f) -> mat4x4f {
  return mat4x4f(columns.x * rows, columns.y * rows, columns.z * rows, columns.w * rows);
}

// Four rows, as every pair with them sees them.
struct Rows {
  points: vec4u,
  labels: vec4u,
  inside: vec4<bool>,   // of the sweep, not padding
  open: vec4<bool>,     // of an exclusive batch: may be a negative of anybody whose label differs
}

fn rowsOf(quad: u32, quadLabels: vec4u, rowEnd: u32) -> Rows {
  let points = vec4u(4u * quad) + vec4u(0u, 1u, 2u, 3u);
  return Rows(points, quadLabels, points < vec4u(rowEnd), quadLabels == vec4u(NOBODY));
}

// What one column is to each of four rows.
struct Relation {
  positive: vec4<bool>,
  negative: vec4<bool>,
}

fn relate(rows: Rows, column: u32, label: u32, columnEnd: u32) -> Relation {
  let inside = rows.inside & vec4<bool>(column < columnEnd);
  let matching = rows.labels == vec4u(label);
  var negative = inside & !matching;
  if (EXCLUSIVE) {
    negative &= rows.open | vec4<bool>(label == NOBODY);
  }
  return Relation(inside & matching & (rows.points != vec4u(column)), negative);
}

// Whether a tile of an exclusive batch holds excluded pairs only: queries meet keys on the diagonal alone.
fn isIdle(firstRow: u32, firstColumn: u32) -> bool {
  let query = min(firstRow, firstColumn);
  let key = max(firstRow, firstColumn) - batch.keyStart;
  return key + TILE_COLUMNS <= batch.keyCount && (key >= query + TILE_COLUMNS || query >= key + TILE_COLUMNS);
}
