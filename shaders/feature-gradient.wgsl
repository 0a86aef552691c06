// The gradient of a loss over features with respect to the (unit) points, times N:
//   covariance:   2 N / (N - 1) sum_k slope_jk y_ik
//   correlation:  (sum_k slope_jk y'_ik - y_ij sum_k slope_jk entry_jk) / deviation_j, y' being the other tower
// and, of the invariance, 2 weight / dimension (own - other). y are the standardized features, whose columns add up to
// nothing; so do those of the sums, and no mean has to be taken out.
//
// Needs: features, a loss (Parameters, invariance).
// Shapes: quads, standardized and gradients = quads x dimension; slopes = 2 x dimension x dimension.
// One invocation: two quads of points and four features. One workgroup: POINT_TILE quads, FEATURE_TILE features.
// Race-free: nobody else writes them. Cost: points x dimension multiply-adds per feature; six loads for 32 of them.

@group(0) @binding(0) var<uniform> features: Features;
@group(0) @binding(2) var<uniform> slice: Slice;
@group(0) @binding(3) var<storage, read> quads: array<vec4f>;
@group(0) @binding(4) var<storage, read> standardized: array<vec4f>;
@group(0) @binding(5) var<storage, read> columns: array<Column>;
@group(0) @binding(6) var<storage, read> featureTerms: array<FeatureTerm>;
@group(0) @binding(7) var<storage, read> slopes: array<f32>;
@group(0) @binding(8) var<storage, read_write> gradients: array<vec4f>;

@compute @workgroup_size(8, 8)
fn featureGradient(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let dimension = features.dimension;
  let quad = (slice.firstTile + workgroup.y) * POINT_TILE + 2u * local.y;
  let feature = workgroup.x * FEATURE_TILE + 4u * local.x;
  if (feature >= dimension) {
    return;
  }
  let isKey = quad >= features.towerQuads;
  let other = select(quad + features.towerQuads, quad - features.towerQuads, isKey);
  let tower = select(0u, 1u, isKey);
  let mixed = select(quad, other, CORRELATION) * dimension;

  // One row of slopes per feature; beyond the last feature, once more the last.
  let last = dimension - 1u;
  let base = vec4u(tower * dimension)
    + min(vec4u(feature) + vec4u(0u, 1u, 2u, 3u), vec4u(last));
  let rows = base * dimension;
  var left = mat4x4f();
  var right = mat4x4f();
  for (var k = 0u; k < dimension;) {
    // Partial sums of thirty-two keep the error of long vectors small.
    var partialLeft = mat4x4f();
    var partialRight = mat4x4f();
    for (let pause = min(k + 32u, dimension); k < pause; k++) {
      let first = standardized[mixed + k];
      let second = standardized[mixed + dimension + k];
      let sloping = vec4f(slopes[rows.x + k], slopes[rows.y + k], slopes[rows.z + k], slopes[rows.w + k]);
      partialLeft[0] += sloping.x * first;
      partialLeft[1] += sloping.y * first;
      partialLeft[2] += sloping.z * first;
      partialLeft[3] += sloping.w * first;
      partialRight[0] += sloping.x * second;
      partialRight[1] += sloping.y * second;
      partialRight[2] += sloping.z * second;
      partialRight[3] += sloping.w * second;
    }
    left += partialLeft;
    right += partialRight;
  }
  let count = f32(features.rows);
  let scale = select(2.0 * count / max(1.0, count - 1.0), 1.0, CORRELATION);
  let attraction = 2.0 * invariance(parameters) / f32(dimension);
  for (var j = 0u; j < 4u && feature + j < dimension; j++) {
    let column = tower * dimension + feature + j;
    let projection = select(0.0, featureTerms[column].projection, CORRELATION);
    let factor = scale * columns[column].inverseDeviation;
    let at = quad * dimension + feature + j;
    let next = at + dimension;
    let partner = other * dimension + feature + j;
    gradients[at] = factor * (left[j] - projection * standardized[at])
      + attraction * (quads[at] - quads[partner]);
    gradients[next] = factor * (right[j] - projection * standardized[next])
      + attraction * (quads[next] - quads[partner + dimension]);
  }
}
