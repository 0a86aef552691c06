// The rows that leave the encoder, and which of them belong to nobody.

struct Outputs {
  rows: u32,
  dimension: u32,
  paddingStart: u32,   // rows from here to paddingEnd - 1 are padding
  paddingEnd: u32,
  onSphere: u32,
}

const SHORTEST_SQUARE = 1e-24;

fn isPadding(row: u32) -> bool {
  return row >= shape.paddingStart && row < shape.paddingEnd;
}
