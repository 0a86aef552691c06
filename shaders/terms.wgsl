// The loss terms of four anchors, and of all of them.

struct RowTerms {
  loss: vec4f,    // sum of each anchor's terms
  count: vec4u,   // how many there are
}

struct Totals {
  loss: f32,
  count: u32,
}
