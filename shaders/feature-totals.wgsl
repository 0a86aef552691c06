// Adds up the loss of a batch, in a fixed order: the terms of all entries, and the invariance, the weighed mean over
// all coordinates of (query - key)^2. It stands for each of the N pairs, so that it is divided by their count later on.
//
// Needs: terms, features, a loss (Parameters, invariance).
// Shapes: featureTerms = 2 x dimension; columns = 2 x dimension; totals = one.
// One workgroup: each invocation adds every 256th feature, then a tree.

@group(0) @binding(0) var<uniform> features: Features;
@group(0) @binding(2) var<storage, read> featureTerms: array<FeatureTerm>;
@group(0) @binding(3) var<storage, read> columns: array<Column>;
@group(0) @binding(4) var<storage, read_write> totals: Totals;

var<workgroup> losses: array<f32, 256>;

@compute @workgroup_size(256)
fn addFeatureTotals(@builtin(local_invocation_index) index: u32) {
  let dimension = features.dimension;
  let rows = f32(features.rows);
  let share = invariance(parameters) / rows / f32(dimension);
  var loss = 0.0;
  for (var feature = index; feature < dimension; feature += 256u) {
    loss += featureTerms[feature].loss + featureTerms[dimension + feature].loss
      + share * columns[feature].squaredDifference;
  }
  losses[index] = loss;
  for (var half = 128u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (index < half) {
      losses[index] += losses[index + half];
    }
  }
  if (index == 0u) {
    totals = Totals(rows * losses[0], features.rows);
  }
}
