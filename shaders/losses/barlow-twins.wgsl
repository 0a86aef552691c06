// Barlow Twins: every feature agrees with itself in the other view (1 on the diagonal of the correlations) and tells
// nothing of the others (0 beside it). Sums, no averages.

struct Parameters {
  lambda: f32,
}

@group(0) @binding(1) var<uniform> parameters: Parameters;

fn term(constants: Parameters, entry: f32, isDiagonal: bool, dimension: f32) -> f32 {
  let miss = 1.0 - entry;
  return select(constants.lambda * entry * entry, miss * miss, isDiagonal);
}

fn slope(constants: Parameters, entry: f32, isDiagonal: bool, dimension: f32) -> f32 {
  return 2.0 * select(constants.lambda * entry, entry - 1.0, isDiagonal);
}

fn invariance(constants: Parameters) -> f32 {
  return 0.0;
}
