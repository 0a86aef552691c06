// What the entries of the matrix over the features add to the loss, and how the loss slopes along them.
//
// Needs: features, a loss (Parameters, term, slope).
// Shapes: partials = splits x matrices x dimension x dimension; slopes = 2 x dimension x dimension;
// featureTerms = 2 x dimension.
// One workgroup: one row of one matrix; its invocations add up in a fixed tree, and splits are added in a fixed order.
// Cost: one read of the partials per matrix.

@group(0) @binding(0) var<uniform> features: Features;
@group(0) @binding(2) var<storage, read> partials: array<f32>;
@group(0) @binding(3) var<storage, read_write> slopes: array<f32>;
@group(0) @binding(4) var<storage, read_write> featureTerms: array<FeatureTerm>;

var<workgroup> lanes: array<FeatureTerm, 64>;

@compute @workgroup_size(64)
fn sumTerms(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) index: u32) {
  let dimension = features.dimension;
  let row = workgroup.x;
  let matrix = workgroup.y;
  let rows = f32(features.rows);
  let divisor = select(max(1.0, rows - 1.0), rows, CORRELATION);
  let isTransposed = CORRELATION && matrix == 1u;
  let matrices = select(2u, 1u, CORRELATION);
  let first = select(matrix * dimension * dimension, 0u, CORRELATION);
  var sum = FeatureTerm();
  for (var column = index; column < dimension; column += 64u) {
    let at = first + select(row * dimension + column, column * dimension + row, isTransposed);
    var entry = 0.0;
    for (var split = 0u; split < features.splits; split++) {
      entry += partials[split * matrices * dimension * dimension + at];
    }
    entry /= divisor;
    let sloping = slope(parameters, entry, row == column, f32(dimension));
    slopes[(matrix * dimension + row) * dimension + column] = sloping;
    // The transpose holds the same terms again.
    sum.loss += select(term(parameters, entry, row == column, f32(dimension)), 0.0, isTransposed);
    sum.projection += sloping * entry;
  }
  lanes[index] = sum;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (index < half) {
      lanes[index].loss += lanes[index + half].loss;
      lanes[index].projection += lanes[index + half].projection;
    }
  }
  if (index == 0u) {
    featureTerms[matrix * dimension + row] = lanes[0];
  }
}
