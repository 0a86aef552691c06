// One panel: the distances of all points to some columns, the triplets that have their negative among these, and the
// gradient of all that are pushed apart by them.
//
// Needs: numerics, triplets, a loss (Parameters, selects, term, slope).
// Shapes: panel, weights = rows x width, row-major; gradients laid out as quads.
// Race-free: each invocation owns its places, its entry, or its rows; panels follow one another in a fixed order.
// Cost: rows x width x (3 dimension + the positives of a row), the gradient as much again.

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
