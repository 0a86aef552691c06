// What the kernels share that work on one panel: the columns panel.first .. panel.end - 1, and the triplets that have
// their negative among these. Panels follow one another in a fixed order.
//
// Needs: numerics, triplets, a loss (Parameters, selects).

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(2) var<uniform> panel: Panel;
@group(0) @binding(3) var<uniform> slice: Slice;
@group(0) @binding(4) var<storage, read> labels: array<u32>;
@group(0) @binding(5) var<storage, read> quads: array<vec4f>;
@group(0) @binding(6) var<storage, read> groups: array<Group>;
@group(0) @binding(7) var<storage, read> entries: array<Entry>;
@group(0) @binding(8) var<storage, read> positives: array<f32>;

fn isSkipped() -> bool {
  return panel.chooses == 1u && parameters.mining != NEAREST_BEYOND && parameters.mining != HARDEST;
}

// Whether mining left the triplet of an entry and a column.
fn isTerm(choice: u32, column: u32, positive: f32, negative: f32) -> bool {
  if (parameters.mining == NEAREST_BEYOND || parameters.mining == HARDEST) {
    return choice == column;
  }
  return selects(positive, negative);
}
