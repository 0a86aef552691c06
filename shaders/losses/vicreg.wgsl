// VICReg: features keep a standard deviation of 1 (a hinge on the diagonal of the covariance) and do not repeat each
// other (the squares beside it), while the two views of a thing meet (the invariance). Averages over the features.

struct Parameters {
  invarianceLambda: f32,
  varianceMu: f32,
  covarianceNu: f32,
}

@group(0) @binding(1) var<uniform> parameters: Parameters;

const EPSILON = 1e-4;

fn term(constants: Parameters, entry: f32, isDiagonal: bool, dimension: f32) -> f32 {
  let shortfall = max(0.0, 1.0 - sqrt(max(entry, 0.0) + EPSILON));
  let redundancy = constants.covarianceNu * entry * entry;
  // Half, because both towers have a hinge.
  return select(redundancy, 0.5 * constants.varianceMu * shortfall, isDiagonal) / dimension;
}

fn slope(constants: Parameters, entry: f32, isDiagonal: bool, dimension: f32) -> f32 {
  let deviation = sqrt(max(entry, 0.0) + EPSILON);
  let hinge = select(0.0, -0.25 * constants.varianceMu / deviation, deviation < 1.0);
  return select(2.0 * constants.covarianceNu * entry, hinge, isDiagonal) / dimension;
}

fn invariance(constants: Parameters) -> f32 {
  return constants.invarianceLambda;
}
