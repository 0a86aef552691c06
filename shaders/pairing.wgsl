// What two points are to each other, and how similar they are: shared by every kernel that streams over pairs.
//
// Points lie in quads: component k of points 4q .. 4q + 3 is the vector quads[q * dimension + k]. A queries/keys batch
// lies in the same array as queries, keys, extra negatives, each part beginning at a multiple of 64 points; query i,
// and key i, carry the label i, and extra negatives the label NOBODY.

struct Batch {
  dimension: u32,
  quads: u32,       // quads in all, padding included
  exclusive: u32,   // 1 = extra negatives are the only negatives: other queries' keys are excluded
  keyStart: u32,    // first key, for exclusive batches
  keyCount: u32,
  splits: u32,      // workgroups that share the columns of one row tile
}

// A rectangle of the pair matrix: rows rowStart .. rowEnd - 1 against columns columnStart .. columnEnd - 1.
struct Sweep {
  rowStart: u32,
  rowEnd: u32,
  columnStart: u32,
  columnEnd: u32,
  rowsAreAnchors: u32,
  columnsAreAnchors: u32,
}

// Which of the sweep's row tiles this dispatch begins with.
struct Slice {
  firstTile: u32,
}

const NOBODY = 0xffffffffu;
const TILE_ROWS = 32u;      // rows of a workgroup: 8 invocations of one quad each
const TILE_COLUMNS = 64u;   // columns of a workgroup at a time: 8 invocations of two quads each

// For four rows and one column.
struct Relation {
  positive: vec4<bool>,
  negative: vec4<bool>,
}

fn relate(sweep: Sweep, rows: vec4u, rowLabels: vec4u, column: u32, columnLabel: u32) -> Relation {
  let inside = (rows < vec4u(sweep.rowEnd)) & vec4<bool>(column < sweep.columnEnd);
  let matching = rowLabels == vec4u(columnLabel);
  let nobody = (rowLabels == vec4u(NOBODY)) | vec4<bool>(columnLabel == NOBODY || batch.exclusive == 0u);
  return Relation(inside & matching & (rows != vec4u(column)), inside & !matching & nobody);
}

// Whether a tile holds excluded pairs only. In an exclusive batch, queries meet keys on the diagonal alone.
fn isIdle(firstRow: u32, firstColumn: u32) -> bool {
  if (batch.exclusive == 0u) {
    return false;
  }
  let query = min(firstRow, firstColumn);
  let key = max(firstRow, firstColumn) - batch.keyStart;
  return key + TILE_COLUMNS <= batch.keyCount && (key >= query + TILE_COLUMNS || query >= key + TILE_COLUMNS);
}
